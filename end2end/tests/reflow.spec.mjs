// Little room: a narrow window, or everything twice and four times as large. Nothing is cut off, and the bars leave the page
// its place.

import { expect, expectToFit, live, pages, test } from "../harness/world.mjs";
import { examples } from "../harness/examples.mjs";

/** What a window of 1280 by 800 shows twice, and one of 1280 by 1024 four times as large; and a narrow one. */
const rooms = [
  { width: 640, height: 400 },
  { width: 320, height: 256 },
  { width: 320, height: 640 },
];

/** What share of the screen is covered by what stays where it is while the page scrolls. */
const covered = (page) =>
  page.evaluate(() => {
    const all = [...document.querySelectorAll("body *")];
    const stays = all.filter((one) => one.checkVisibility() && ["sticky", "fixed"].includes(getComputedStyle(one).position));
    return stays.reduce((sum, one) => sum + one.getBoundingClientRect().height, 0) / innerHeight;
  });

for (const [name, address] of Object.entries(pages)) {
  test(`${name} fits however large it is shown, and the bars leave most of the screen`, async ({ page, world }) => {
    await page.goto(address(await examples(world)));
    await live(page);
    for (const room of rooms) {
      await page.setViewportSize(room);
      // Charts follow a moment later.
      await expect(() => expectToFit(page)).toPass({ timeout: 15_000 });
      expect(await covered(page), `at ${room.width} by ${room.height}`).toBeLessThan(1 / 3);
    }
  });
}

test.describe("on a low screen", () => {
  test.use({ viewport: { width: 800, height: 300 } });

  test("the last entry of the rail is reached", async ({ page, world }) => {
    expect(world.server.url).toBeTruthy();
    await page.goto("/");
    await live(page);
    const last = page.getByRole("navigation", { name: "Main", exact: true }).getByRole("link").last();
    await last.focus();
    await expect(last).toBeInViewport({ ratio: 1 });
  });
});
