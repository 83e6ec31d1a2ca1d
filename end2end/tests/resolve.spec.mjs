// What is still true is not resolved by a slip of the finger: first the page asks for a note, and says what resolving means.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Forewatch } from "../harness/forewatch.mjs";
import { temporaryFolder } from "../harness/process.mjs";
import { deed, eventually, expect, expectAccessible, expectToFit, live, test } from "../harness/world.mjs";

const rules = `
[[rule]]
id = "deep"
metric = "queue.pending"
threshold = 10
severity = "error"
title = "{subject} is deep"
`;

let server;

test.beforeAll(async () => {
  const config = join(temporaryFolder(), "forewatch.toml");
  writeFileSync(config, rules);
  server = await Forewatch.start({ args: ["--config", config] });
});

test.afterAll(() => server.stop());

/** A queue that is deep, and stays so. */
async function deep(queue) {
  return eventually(`${queue} is deep`, async () => {
    await server.api("/events", [{ type: "queue.sampled", at: new Date().toISOString(), queue, pending: 50 }]);
    const { items } = await server.api("/alerts?rule=deep&state=active");
    return items.find(({ component_id }) => component_id.endsWith(queue));
  });
}

const now = ({ alert_id }) => server.api(`/alerts/${alert_id}`);
const question = (page) => page.getByRole("dialog", { name: "Resolve" });

test("from its card it is resolved with the note that is asked for, and that is undone", async ({ page, complaints }) => {
  const alert = await deep("from-its-card");
  await page.goto(server.url);
  await live(page);
  await deed(page, "Resolve", alert).click();
  const dialog = question(page);
  await expect(dialog).toContainText("The condition is still true at 50. Resolved by hand, it stays closed until it has been false once.");
  const note = dialog.getByRole("textbox", { name: "Note" });
  await expect(note).toBeFocused();
  await expectAccessible(page);
  await page.setViewportSize({ width: 320, height: 640 });
  await expectToFit(page);
  // Without a note the key Enter does nothing.
  await page.keyboard.press("Enter");
  await expect(dialog).toBeVisible();
  expect((await now(alert)).state).toBe("firing");
  await note.fill("The batch runs until noon");
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect.poll(() => now(alert)).toMatchObject({ state: "resolved", note: "The batch runs until noon" });
  await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
  await expect.poll(async () => (await now(alert)).is_active).toBe(true);
  expect(complaints).toEqual([]);
});

test("from the list it is resolved without a note only by a press that says so", async ({ page }) => {
  const alert = await deep("from-the-list");
  await page.goto(`${server.url}/alerts?q=from-the-list`);
  await live(page);
  await deed(page, "Resolve", alert).click();
  await expectAccessible(page);
  await question(page).getByRole("button", { name: "Cancel" }).click();
  await expect(question(page)).toBeHidden();
  expect((await now(alert)).is_active).toBe(true);
  await deed(page, "Resolve", alert).click();
  await expectAccessible(page);
  await question(page).getByRole("button", { name: "Resolve without a note" }).click();
  await expect.poll(async () => (await now(alert)).state).toBe("resolved");
});

test("of many it is asked once", async ({ page }) => {
  const alerts = [await deep("many-1"), await deep("many-2")];
  await page.goto(`${server.url}/alerts?q=many-`);
  await live(page);
  await page.getByRole("checkbox", { name: "Select all alerts of this page" }).check();
  await page.getByRole("group", { name: "Selected alerts" }).getByRole("button", { name: "Resolve 2" }).click();
  await expect(question(page)).toContainText("The conditions of all 2 are still true.");
  await question(page).getByRole("textbox", { name: "Note" }).fill("One cause");
  await page.keyboard.press("Enter");
  for (const alert of alerts) await expect.poll(() => now(alert)).toMatchObject({ state: "resolved", note: "One cause" });
  await expect(page.getByRole("status").filter({ hasText: "Resolved: 2 alerts" })).toBeVisible();
});

test("on its page a note that stands there is taken without a question", async ({ page }) => {
  const alert = await deep("on-its-page");
  await page.goto(`${server.url}/alerts/${alert.alert_id}`);
  await live(page);
  await deed(page, "Resolve", alert).click();
  await expect(question(page)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(question(page)).toBeHidden();
  await page.getByRole("textbox", { name: "Note" }).fill("Known");
  await deed(page, "Resolve", alert).click();
  await expect.poll(() => now(alert)).toMatchObject({ state: "resolved", note: "Known" });
  await expect(question(page)).toBeHidden();
});

test.describe("without any script", () => {
  test.use({ javaScriptEnabled: false });

  test("a card leads to the page where the note is asked for, and that resolves", async ({ page }) => {
    const alert = await deep("without-a-script");
    await page.goto(server.url);
    await deed(page, "Resolve", alert).click();
    await expect(page).toHaveURL(new RegExp(`/alerts/${alert.alert_id}`));
    expect((await now(alert)).is_active).toBe(true);
    await expect(page.getByRole("main")).toContainText("The condition is still true at 50.");
    await page.getByRole("textbox", { name: "Note" }).fill("Read first");
    await deed(page, "Resolve", alert).click();
    await expect.poll(() => now(alert)).toMatchObject({ state: "resolved", note: "Read first" });
  });
});
