// A phone: everything can be reached, and going somewhere begins at the content of the page.

import { expect, live, test } from "../harness/world.mjs";

test.use({ viewport: { width: 390, height: 844 } });

test("times are switched to the own zone, and the focus goes to the content of the next page", async ({ page, world, complaints }) => {
  expect(world.server.url).toBeTruthy();
  await page.goto("/");
  await live(page);
  await page.getByRole("button", { name: /^UTC/ }).click();
  await expect(page.getByRole("button", { name: /^Local/ })).toBeVisible();
  const bar = page.getByRole("navigation", { name: "Main, short" });
  for (const [word, path] of [["Workers", "/workers"], ["Tasks", "/tasks"], ["Queues", "/queues"], ["Alerts", "/alerts"]]) {
    await bar.getByRole("link", { name: new RegExp(`^${word}`) }).click();
    await expect(page).toHaveURL(new RegExp(`${path}$`));
    await expect(page.locator("#main")).toBeFocused();
    const outside = await page.locator(".bar-top :is(a, button):visible").evaluateAll((all) =>
      all.filter((one) => one.getBoundingClientRect().right > innerWidth || one.getBoundingClientRect().left < 0).length,
    );
    expect(outside, "controls of the bar that lie outside").toBe(0);
  }
  expect(complaints).toEqual([]);
});
