// Without a mouse: from the address bar to an acknowledged alert with Tab and Enter alone.

import { deed, expect, live, test } from "../harness/world.mjs";

/** Presses Tab until the focus is on what is asked for. */
async function tabTo(page, target) {
  for (let presses = 0; presses < 200; presses++) {
    await page.keyboard.press("Tab");
    if (await target.evaluate((element) => element === document.activeElement).catch(() => false)) return;
  }
  throw new Error(`Tab never reached ${target}`);
}

test("a slash leads to a search, wherever one is", async ({ page, complaints }) => {
  for (const address of ["/", "/queues"]) {
    await page.goto(address);
    await live(page);
    await page.keyboard.press("/");
    await expect(page.getByRole("combobox", { name: "Search tasks" })).toBeFocused();
  }
  await page.keyboard.type("status:failed");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL((url) => url.search === "?q=status%3Afailed");
  expect(complaints).toEqual([]);
});

test("an alert is found and acknowledged with the keyboard alone", async ({ page, world }) => {
  const alert = await world.server.raiseAlert("Reached without a mouse");
  const { alert_id } = alert;
  await page.goto("/");
  await live(page);
  await tabTo(page, page.getByRole("navigation").getByRole("link", { name: /^Alerts/ }).first());
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/alerts$/);
  await tabTo(page, page.getByRole("main").locator(`a[href$="${alert_id}"]`).first());
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/alerts/${alert_id}$`));
  const acknowledge = deed(page, "Acknowledge", alert);
  await tabTo(page, acknowledge);
  const outline = await acknowledge.evaluate((element) => getComputedStyle(element).outlineStyle);
  expect(outline, "the focus can be seen").not.toBe("none");
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await world.server.api(`/alerts/${alert_id}`)).acknowledged).toBe(true);
});
