// The palette: from any page to anything, with the keyboard alone.

import { examples } from "../harness/examples.mjs";
import { expect, expectAccessible, live, test } from "../harness/world.mjs";

const open = async (page) => {
  await page.keyboard.press("Control+k");
  const dialog = page.getByRole("dialog", { name: "Find or do" });
  await expect(dialog.getByRole("combobox")).toBeFocused();
  return dialog;
};

/** The row that the key Enter chooses. */
const chosen = (dialog) => dialog.getByRole("option", { selected: true });

test("a worker, a queue and a task are found and reached by a few letters", async ({ page, world, complaints }) => {
  const { worker } = await examples(world);
  await page.goto("/");
  await live(page);
  const dialog = await open(page);
  await expectAccessible(page);
  await page.keyboard.type(worker);
  await expect(dialog.getByRole("option", { name: new RegExp(`${worker}.*Worker`) })).toBeVisible();
  await expect(chosen(dialog)).toContainText("Worker");
  await expectAccessible(page);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/workers/${worker}$`));
  await expect(dialog).toBeHidden();

  await open(page);
  await page.keyboard.type("gpu_pri");
  await expect(chosen(dialog)).toContainText("gpu_priority");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/queues\/gpu_priority$/);

  await open(page);
  await page.keyboard.type(world.failedTask);
  await expect(dialog.getByRole("option", { name: /Task$/ })).toBeVisible();
  await page.keyboard.press("ArrowUp");
  await expect(chosen(dialog)).toContainText("Search tasks for");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/tasks/${world.failedTask}$`));
  expect(complaints).toEqual([]);
});

test("an alert is acknowledged from the palette", async ({ page, world, complaints }) => {
  const alert = await world.server.raiseAlert("Taken from the palette");
  await page.goto("/queues");
  await live(page);
  const dialog = await open(page);
  await page.keyboard.type("acknowledge from the palette");
  await expect(chosen(dialog)).toContainText(alert.title);
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await world.server.api(`/alerts/${alert.alert_id}`)).acknowledged).toBe(true);
  expect(complaints).toEqual([]);
});

test("an alert that somebody has is resolved from the palette, and found by title and id once it has ended", async ({ page, world, complaints }) => {
  const alert = await world.server.raiseAlert("Found after its end by the palette");
  await world.server.api(`/alerts/${alert.alert_id}/acknowledge`, {});
  await page.goto("/queues");
  await live(page);
  const dialog = await open(page);
  await page.keyboard.type("resolve after its end");
  await expect(chosen(dialog)).toContainText(`Resolve: ${alert.title}`);
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await world.server.api(`/alerts/${alert.alert_id}`)).state).toBe("resolved");
  for (const words of ["after its end by", alert.alert_id]) {
    await open(page);
    await page.keyboard.type(words);
    const found = dialog.getByRole("option", { name: new RegExp(`${alert.title}.*resolved .* UTC.*Alert`) });
    await expect(found).toHaveCount(1);
    await page.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
  }
  await open(page);
  await page.keyboard.type("after its end by");
  await expect(chosen(dialog)).toContainText(alert.title);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(alert.alert_id));
  expect(complaints).toEqual([]);
});

test("Esc closes it and gives the focus back, and the shortcuts are one choice away", async ({ page, complaints }) => {
  await page.goto("/workers");
  await live(page);
  const search = page.getByRole("main").getByRole("searchbox").first();
  await search.focus();
  const dialog = await open(page);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(search).toBeFocused();
  await open(page);
  await page.keyboard.type("shortcuts");
  await page.keyboard.press("Enter");
  const shortcuts = page.getByRole("dialog", { name: "Shortcuts" });
  await expect(shortcuts).toContainText("Find or do anything");
  for (const place of ["In the list of workers", "In a chart", "On the map of a large fleet", "On the wall"]) {
    await expect(shortcuts.getByRole("heading", { name: place })).toBeAttached();
  }
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(shortcuts).toBeHidden();
  await page.getByRole("main").focus();
  await page.keyboard.press("?");
  await expect(shortcuts).toBeVisible();
  expect(complaints).toEqual([]);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("it opens by touch, fits, and closes by a touch beside it", async ({ page, complaints }) => {
    await page.goto("/");
    await live(page);
    await page.getByRole("link", { name: "Find or do" }).tap();
    const dialog = page.getByRole("dialog", { name: "Find or do" });
    await dialog.getByRole("combobox").fill("work");
    await expect(chosen(dialog)).toContainText("Workers");
    await expectAccessible(page);
    const sideways = await dialog.evaluate((element) => element.scrollWidth - element.clientWidth);
    expect(sideways, "pixels that scroll sideways").toBeLessThanOrEqual(0);
    await page.touchscreen.tap(195, 20);
    await expect(dialog).toBeHidden();
    expect(complaints).toEqual([]);
  });
});
