// On paper: black on white, without what is pressed, charts included.

import { expect, live, pages, test } from "../harness/world.mjs";
import { examples } from "../harness/examples.mjs";

test.use({ colorScheme: "dark", viewport: { width: 1000, height: 900 } });

/** How light a colour is, from 0 to 255. */
const light = (colour) => Math.max(...colour.match(/[\d.]+/g).slice(0, 3).map(Number));

for (const [name, address] of Object.entries({ ...pages, wall: () => "/?wall" })) {
  test(`${name} is printed black on white, without navigation`, async ({ page, context, world }) => {
    await context.addCookies([{ name: "forewatch_theme", value: "dark", url: world.server.url }]);
    await page.goto(address(await examples(world)));
    await expect(page.locator(".conn.live:visible")).toBeVisible();
    await page.emulateMedia({ media: "print" });
    for (const role of ["navigation", "banner", "search"]) await expect(page.getByRole(role)).toHaveCount(0);
    const [ground, ink] = await page.evaluate(() => {
      const { backgroundColor, color } = getComputedStyle(document.body);
      return [backgroundColor, color];
    });
    expect([light(ground), light(ink)]).toEqual([255, 0]);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    const pressed = page.getByRole("main").getByRole("button").locator("visible=true");
    // What names a line of a chart and chooses it stays, and so does what names a group and folds it.
    expect(await pressed.evaluateAll((all) => all.filter((one) => !one.matches(".dl, .grp-b")).map(({ outerHTML }) => outerHTML.slice(0, 100)))).toEqual([]);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wide, "pixels that are cut off").toBeLessThanOrEqual(0);
  });
}

test("a chart drawn for a dark screen is dark on white", async ({ page, context, world }) => {
  await context.addCookies([{ name: "forewatch_theme", value: "dark", url: world.server.url }]);
  await page.goto("/");
  await live(page);
  const canvas = page.locator("canvas.axes").first();
  await expect(canvas).toBeVisible();
  await page.emulateMedia({ media: "print" });
  expect(await canvas.evaluate((element) => getComputedStyle(element).filter)).toContain("invert(1)");
  await page.emulateMedia({ media: "screen" });
  expect(await canvas.evaluate((element) => getComputedStyle(element).filter)).toBe("none");
});
