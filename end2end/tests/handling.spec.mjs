// Finding alerts, and handling one with a note or many at once.

import { deed, expect, expectAccessible, expectToFit, live, test } from "../harness/world.mjs";

/** The alert's acknowledgement, as everybody sees it. */
async function acknowledged(world, { alert_id }) {
  const { acknowledged, acknowledged_until, note } = await world.server.api(`/alerts/${alert_id}`);
  return { acknowledged, acknowledged_until, note };
}

test("an alert is taken from its card with a note and for an hour, and given back", async ({ page, world, complaints }) => {
  const alert = await world.server.raiseAlert("Taken with a note", { severity: "critical" });
  await page.goto("/");
  await live(page);
  const card = page.getByRole("region", { name: alert.title });
  await card.getByText("Note, time").click();
  await card.getByRole("textbox", { name: "Note" }).fill("I look at the fans");
  await card.getByRole("combobox", { name: "For how long" }).selectOption("1 h");
  await expectAccessible(page);
  await deed(card, "Acknowledge", alert).click();
  await expect.poll(() => acknowledged(world, alert)).toMatchObject({ acknowledged: true, note: "I look at the fans" });
  const { acknowledged_until } = await acknowledged(world, alert);
  expect((Date.parse(acknowledged_until) - Date.now()) / 60_000).toBeCloseTo(60, 0);
  await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
  await expect.poll(() => acknowledged(world, alert)).toMatchObject({ acknowledged: false });
  await world.server.api(`/alerts/${alert.alert_id}/resolve`, {});
  expect(complaints).toEqual([]);
});

/** Opens an alert's card on the overview and begins a note in it. */
async function writing(page, alert) {
  await page.goto("/");
  await live(page);
  const card = page.getByRole("region", { name: alert.title });
  await card.getByText("Note, time").click();
  const note = card.getByRole("textbox", { name: "Note" });
  await note.fill("I look at");
  return { card, note };
}

test("a note that is being written stays when something is heard of its alert", async ({ page, world }) => {
  const alert = await world.server.raiseAlert("Heard of meanwhile", { severity: "critical" });
  const { card, note } = await writing(page, alert);
  const { updated_at } = await world.server.api(`/alerts/${alert.alert_id}`);
  await world.server.api(`/alerts/${alert.alert_id}/comment`, { text: "It hums" });
  expect((await world.server.api(`/alerts/${alert.alert_id}`)).updated_at).not.toBe(updated_at);
  // What comes later shows that the page has heard of it.
  const later = await world.server.raiseAlert("Came after it", { severity: "critical" });
  await expect(page.getByRole("region", { name: later.title })).toBeVisible();
  await expect(note).toHaveValue("I look at");
  for (const { alert_id } of [alert, later]) await world.server.api(`/alerts/${alert_id}/resolve`, {});
});

test("a note that is being written in a card stays when somebody else resolves the alert", async ({ page, world }) => {
  const alert = await world.server.raiseAlert("Resolved by another meanwhile", { severity: "critical" });
  const { card, note } = await writing(page, alert);
  await world.server.api(`/alerts/${alert.alert_id}/resolve`, {});
  await expect(card).toContainText("Resolved by");
  await expect(deed(card, "Reopen", alert)).toBeVisible();
  await expect(note).toHaveValue("I look at");
  await expectAccessible(page);
  // Without a word in it the card goes with the next news.
  await note.fill("");
  const later = await world.server.raiseAlert("Came after the other was over", { severity: "critical" });
  await expect(page.getByRole("region", { name: later.title })).toBeVisible();
  await expect(card).toHaveCount(0);
  await world.server.api(`/alerts/${later.alert_id}/resolve`, {});
});

test("on the overview those beyond the cards have a line each, and what somebody has is given back there", async ({ page, world, complaints }) => {
  const alerts = [];
  for (const n of [1, 2, 3, 4]) alerts.push(await world.server.raiseAlert(`Beyond the cards, number ${n}`));
  await page.goto("/");
  await live(page);
  const more = page.getByRole("region", { name: "More alerts" });
  await expect(more.locator("summary")).toContainText(/^[1-9]\d* more that need someone$/);
  if ((await more.locator("details").getAttribute("open")) === null) await more.locator("summary").click();
  const last = alerts.at(-1);
  await deed(more, "Acknowledge", last).click();
  const line = page.getByRole("region", { name: "Handled alerts" }).getByRole("listitem").filter({ hasText: last.title });
  await expect(line).toContainText("has it");
  await expect.poll(() => acknowledged(world, last)).toMatchObject({ acknowledged: true });
  await page.setViewportSize({ width: 320, height: 700 });
  // The charts are drawn anew with the next frames.
  await expect(() => expectToFit(page)).toPass();
  await expectAccessible(page);
  await deed(line, "Give back", last).click();
  await expect.poll(() => acknowledged(world, last)).toMatchObject({ acknowledged: false });
  for (const { alert_id } of alerts) await world.server.api(`/alerts/${alert_id}/resolve`, {});
  expect(complaints).toEqual([]);
});

test("many are selected, acknowledged together, and given back together", async ({ page, world, complaints }) => {
  const alerts = [];
  for (const n of [1, 2, 3]) alerts.push(await world.server.raiseAlert(`One of many, number ${n}`));
  await page.goto("/alerts?q=One+of+many");
  await live(page);
  await page.getByRole("checkbox", { name: `Select: ${alerts[0].title}` }).check();
  const bar = page.getByRole("group", { name: "Selected alerts" });
  await expect(bar).toContainText("1 selected");
  await page.getByRole("checkbox", { name: "Select all alerts of this page" }).check();
  await expect(bar).toContainText("3 selected");
  await page.getByRole("checkbox", { name: `Select: ${alerts[2].title}` }).uncheck();
  await expect(bar).toContainText("2 selected");
  await bar.getByRole("textbox", { name: "Note for all" }).fill("One cause");
  await expectAccessible(page);
  await bar.getByRole("button", { name: "Acknowledge 2" }).click();
  await expect(bar).toBeHidden();
  const all = () => Promise.all(alerts.map(async (alert) => (await acknowledged(world, alert)).acknowledged));
  await expect.poll(all).toEqual([true, true, false]);
  expect((await acknowledged(world, alerts[0])).note).toBe("One cause");
  await page.getByRole("status").filter({ hasText: "2 alerts" }).getByRole("button", { name: "Undo" }).click();
  await expect.poll(all).toEqual([false, false, false]);
  await page.getByRole("checkbox", { name: "Select all alerts of this page" }).check();
  // A second press within a moment is taken for the first one's.
  await expect(async () => {
    await bar.getByRole("button", { name: "Resolve 3" }).click({ timeout: 500 });
    await expect(page.getByRole("main")).toContainText("No alert matches", { timeout: 500 });
  }).toPass();
  expect(complaints).toEqual([]);
});

test("rule and time are chosen by the form, stand in the address, and survive a reload", async ({ page, world, complaints }) => {
  const alert = await world.server.raiseAlert("Raised by hand a moment ago");
  await page.goto("/alerts");
  await live(page);
  await page.getByRole("combobox", { name: "Rule" }).selectOption("manual");
  await page.getByRole("combobox", { name: "Raised" }).selectOption("Last hour");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(page).toHaveURL(/rule=manual.*from=now-1h/);
  await expect(page.getByRole("link", { name: alert.title })).toBeVisible();
  await page.reload();
  await live(page);
  await expect(page.getByRole("combobox", { name: "Rule" })).toHaveValue("manual");
  await expect(page.getByRole("combobox", { name: "Raised" })).toHaveValue("now-1h");
  // Clocks tick while the next list is on its way.
  await page.route("**/api/ui/alerts", async (route) => {
    await page.waitForTimeout(1_500);
    await route.continue();
  });
  await page.getByRole("combobox", { name: "Rule" }).selectOption("worker-offline");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(page.getByRole("main")).toContainText("No alert matches");
  await page.goto(`/alerts?to=${encodeURIComponent(alert.timestamp)}`);
  await expect(page.getByRole("link", { name: alert.title })).toHaveCount(0);
  await page.getByRole("link", { name: "Take the end away" }).click();
  await expect(page.getByRole("link", { name: alert.title })).toBeVisible();
  await world.server.api(`/alerts/${alert.alert_id}/resolve`, {});
  expect(complaints).toEqual([]);
});

test("two days are chosen by the form, stand in the address, and take the list and its file along", async ({ page, world, complaints }) => {
  const alert = await world.server.raiseAlert("Raised on a day that is asked for");
  const today = alert.timestamp.slice(0, 10);
  const shifted = (days) => new Date(Date.parse(today) + days * 86_400_000).toISOString().slice(0, 10);
  await page.goto("/alerts");
  await live(page);
  await page.getByLabel("From day, UTC").fill(shifted(-2));
  await page.getByLabel("to day, UTC").fill(today);
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`since=${shifted(-2)}.*until=${today}`));
  await expect(page.getByRole("link", { name: alert.title })).toBeVisible();
  await page.reload();
  await live(page);
  await expect(page.getByLabel("to day, UTC")).toHaveValue(today);
  await expectAccessible(page);
  for (const width of [1440, 768, 390, 320]) {
    await page.setViewportSize({ width, height: 800 });
    await expectToFit(page);
  }
  await page.goto(`/alerts?until=${shifted(-1)}`);
  await expect(page.getByRole("main")).toContainText("No alert matches");
  const file = await page.request.get(`/alerts.csv?state=active&until=${shifted(-1)}`);
  expect(await file.text()).not.toContain(alert.title);
  await world.server.api(`/alerts/${alert.alert_id}/resolve`, {});
  expect(complaints).toEqual([]);
});

test("title and icon of the window count what needs someone", async ({ page, world }) => {
  await page.goto("/queues");
  await live(page);
  const alert = await world.server.raiseAlert("Counted by the window");
  await expect(page).toHaveTitle(/^\(\d+\) Queues/);
  const icon = page.locator("link[rel=icon]");
  await expect(icon).toHaveAttribute("href", /^data:image\/svg\+xml.*>\d+<\/text>/);
  const drawn = await page.evaluate(async () => {
    const image = new Image();
    image.src = document.querySelector("link[rel=icon]").href;
    await image.decode();
    return image.width > 0;
  });
  expect(drawn, "the icon is a picture").toBe(true);
  await world.server.api(`/alerts/${alert.alert_id}/resolve`, {});
});

test("with the keyboard the focus stays with the alert, and goes on to another when it leaves the list", async ({ page, world, complaints }) => {
  const [one, two] = [await world.server.raiseAlert("Keys, the first"), await world.server.raiseAlert("Keys, the second")];
  await page.goto("/alerts?q=Keys");
  await live(page);
  const row = (alert) => page.getByRole("row").filter({ hasText: alert.title });
  await deed(row(one), "Acknowledge", one).focus();
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await acknowledged(world, one)).acknowledged).toBe(true);
  await expect(deed(row(one), "Give back", one)).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(deed(row(one), "Resolve", one)).toBeFocused();
  // A second press within a moment is taken for the first one's.
  await expect(async () => {
    await page.keyboard.press("Enter");
    await expect(row(one)).toBeHidden({ timeout: 500 });
  }).toPass();
  await expect(row(two).getByRole("link", { name: two.title })).toBeFocused();
  await page.goto(`/alerts/${two.alert_id}`);
  await live(page);
  await deed(page, "Acknowledge", two).first().focus();
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await acknowledged(world, two)).acknowledged).toBe(true);
  await expect(deed(page, "Give back", two).first()).toBeFocused();
  await world.server.api(`/alerts/${two.alert_id}/resolve`, {});
  expect(complaints).toEqual([]);
});

test("a search for alerts leaves the focus in its field", async ({ page, complaints }) => {
  await page.goto("/alerts");
  await live(page);
  const field = page.getByRole("searchbox", { name: "Search alerts" });
  await field.fill("demonstration");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/q=demonstration/);
  await expect(page.getByRole("link", { name: "The demonstration needs someone" })).toBeVisible();
  await expect(field).toBeFocused();
  await expect(field).toHaveValue("demonstration");
  expect(complaints).toEqual([]);
});

test("a note without words is not sent, and what to do is told", async ({ page, world, complaints }) => {
  await page.goto(`/alerts/${world.alert.alert_id}`);
  await live(page);
  await page.getByRole("button", { name: /^Add note/ }).click();
  await expect(page.getByRole("status").filter({ hasText: "The note is empty: write what you saw." })).toBeVisible();
  expect(complaints).toEqual([]);
  // A request of one's own is told by its status that it is no fault of the server.
  const answer = await page.request.post("/api/ui/alert-command", { form: { id: world.alert.alert_id, command: "comment" }, headers: { accept: "application/json" } });
  expect(answer.status()).toBe(400);
});
