// Saved views: a name for what a page shows, kept by the browser.

import { expect, expectAccessible, expectToFit, live, test } from "../harness/world.mjs";

const KEY = "forewatch_views";
const button = (page) => page.getByRole("button", { name: "Saved views" });
const panel = (page) => page.getByRole("region", { name: "Saved views" });
const link = (page, name) => panel(page).getByRole("link", { name, exact: true });

async function open(page, address) {
  await page.goto(address);
  await live(page);
  await button(page).click();
  await expect(panel(page)).toBeVisible();
}

async function save(page, name) {
  await panel(page).getByRole("textbox", { name: "Name for what is shown now" }).fill(name);
  await page.keyboard.press("Enter");
  await expect(panel(page).getByRole("status")).toHaveText(/Saved in this browser/);
}

for (const [page_, address] of Object.entries({
  tasks: "/tasks?q=status%3Afailed",
  workers: "/workers?q=sim&group=source",
  queues: "/queues",
  alerts: "/alerts?state=all&severity=error",
  trends: "/trends?metric=system.pending&range=15min",
  reports: "/reports?range=24h",
})) {
  test(`what ${page_} shows is saved, and opened from elsewhere on it`, async ({ page, complaints }) => {
    await open(page, address);
    await expectAccessible(page);
    await save(page, "Mine");
    await expect(link(page, "Mine")).toHaveAttribute("aria-current", "true");
    await expectAccessible(page);
    await expectToFit(page);
    await open(page, `/${page_}`);
    await link(page, "Mine").click();
    await expect(page).toHaveURL((url) => url.pathname + url.search === address);
    expect(complaints).toEqual([]);
  });
}

test("a name that is taken already takes its view's place, and that can be undone", async ({ page, complaints }) => {
  await open(page, "/tasks?q=status%3Afailed");
  await save(page, "Mine");
  await open(page, "/tasks?q=status%3Acompleted");
  await panel(page).getByRole("textbox", { name: "Name for what is shown now" }).fill("Mine");
  await page.keyboard.press("Enter");
  await expect(panel(page).getByRole("status")).toContainText("Saved in the place of the one of this name.");
  await expect(link(page, "Mine")).toHaveAttribute("href", /completed/);
  await panel(page).getByRole("button", { name: "Undo" }).click();
  await expect(link(page, "Mine")).toHaveCount(1);
  await expect(link(page, "Mine")).toHaveAttribute("href", /failed/);
  expect(complaints).toEqual([]);
});

test("a view is renamed, deleted and brought back, with the keyboard alone", async ({ page, complaints }) => {
  await page.goto("/tasks?q=status%3Afailed");
  await live(page);
  await page.keyboard.press("v");
  const field = panel(page).getByRole("textbox", { name: "Name for what is shown now" });
  await expect(field).toBeFocused();
  await page.keyboard.type("Failed");
  await page.keyboard.press("Enter");
  await expect(link(page, "Failed")).toBeVisible();
  await panel(page).getByRole("button", { name: "Rename Failed" }).press("Enter");
  const name = panel(page).getByRole("textbox", { name: "New name" });
  await expect(name).toBeFocused();
  await name.fill("Failed ones");
  await page.keyboard.press("Enter");
  await expect(link(page, "Failed ones")).toBeFocused();
  await panel(page).getByRole("button", { name: "Delete Failed ones" }).press("Enter");
  await expect(link(page, "Failed ones")).toHaveCount(0);
  await expect(panel(page).getByRole("button", { name: "Undo" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(link(page, "Failed ones")).toBeVisible();
  await link(page, "Failed ones").focus();
  await page.keyboard.press("Escape");
  await expect(panel(page)).toHaveCount(0);
  await expect(button(page)).toBeFocused();
  await page.reload();
  await live(page);
  await expect(button(page)).toContainText("Failed ones");
  expect(complaints).toEqual([]);
});

test("a view's link is copied, and the palette opens it from another page", async ({ page, context, world, complaints }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page, "/alerts?state=all&severity=error");
  await save(page, "Errors of old");
  await panel(page).getByRole("button", { name: "Copy link" }).click();
  await expect(panel(page).getByRole("button", { name: "Copied" })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${world.server.url}/alerts?state=all&severity=error`);
  await page.goto("/");
  await live(page);
  await page.keyboard.press("Control+k");
  const dialog = page.getByRole("dialog", { name: "Find or do" });
  await expect(dialog.getByRole("combobox")).toBeFocused();
  await page.keyboard.type("errors of");
  await expect(dialog.getByRole("option", { selected: true })).toHaveText(/Errors of old.*Alerts.*View/);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/alerts\?state=all&severity=error$/);
  expect(complaints).toEqual([]);
});

test("what cannot be read is left out and told, and does no harm", async ({ page, complaints }) => {
  const views = [{ name: "Good", address: "/tasks?q=a" }, 7, { name: "Bad", address: "javascript:alert(1)" }, { name: "<b>x</b>", address: "/tasks?q=b" }];
  await page.addInitScript(([key, text]) => localStorage[key] ??= text, [KEY, JSON.stringify({ version: 1, views })]);
  await open(page, "/tasks");
  await expect(panel(page)).toContainText("Some saved views cannot be read, and are left out.");
  await expect(panel(page).getByRole("link")).toHaveText(["Good", "<b>x</b>"]);
  await page.evaluate((key) => (localStorage[key] = "{"), KEY);
  await open(page, "/tasks");
  await expect(panel(page)).toContainText("cannot be read. Saving one begins anew.");
  await save(page, "Anew");
  await expect(panel(page).getByRole("link")).toHaveText(["Anew"]);
  const newer = JSON.stringify({ version: 9, views: [] });
  await page.evaluate(([key, text]) => (localStorage[key] = text), [KEY, newer]);
  await open(page, "/tasks");
  await expect(panel(page)).toContainText("saved by a newer Forewatch");
  await panel(page).getByRole("textbox").fill("Mine");
  await page.keyboard.press("Enter");
  await expect(panel(page).getByRole("status")).toContainText("reload the page");
  expect(await page.evaluate((key) => localStorage[key], KEY)).toBe(newer);
  expect(complaints).toEqual([]);
});

test("another window of the browser sees it at once", async ({ page, context }) => {
  await open(page, "/queues");
  const other = await context.newPage();
  await open(other, "/queues");
  await save(other, "From there");
  await expect(link(page, "From there")).toBeVisible();
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("it opens by touch, fits and saves", async ({ page, complaints }) => {
    await open(page, "/tasks?q=status%3Afailed");
    await save(page, "A name that is rather long, as people like them to be");
    await expectAccessible(page);
    await expectToFit(page);
    const box = await panel(page).boundingBox();
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(390);
    expect(complaints).toEqual([]);
  });
});
