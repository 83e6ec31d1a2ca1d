// A phone: everything can be reached, and going somewhere begins at the content of the page.

import { deed, expect, expectToFit, live, test } from "../harness/world.mjs";

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

test("a message with a long name fits on the narrowest screen, and so does a headline", async ({ page, world }) => {
  await page.setViewportSize({ width: 320, height: 700 });
  const title = "training-cluster-eu-west-1-node-000123.internal.example.com is unreachable";
  const alert = await world.server.raiseAlert(title, { severity: "critical" });
  await page.goto("/");
  await live(page);
  await expectToFit(page);
  await deed(page.getByRole("region", { name: alert.title }), "Acknowledge", alert).click();
  const message = page.locator(".toast", { hasText: alert.title });
  await expect(message).toBeVisible();
  await expectToFit(page);
  const inside = (box) => [...box.querySelectorAll("*"), box].every((part) => part.getBoundingClientRect().right <= innerWidth);
  expect(await message.evaluate(inside), "all of the message is on the screen").toBe(true);
  await world.server.api(`/alerts/${alert.alert_id}/resolve`, {});
});
