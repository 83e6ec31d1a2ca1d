// Two people look at one alert: what one does, the other sees, and it stays done.

import { deed, expect, expectAccessible, expectToFit, live, test } from "../harness/world.mjs";

/** A second person, in a browser context of their own. */
async function secondPerson(browser, baseURL, path) {
  const context = await browser.newContext({ baseURL });
  const page = await context.newPage();
  await page.goto(path);
  await live(page);
  return page;
}

/** Holds back what a page asks to be done with alerts, until it is let go. */
async function hold(page) {
  let letGo;
  const free = new Promise((resolve) => (letGo = resolve));
  await page.route("**/api/ui/alert-command", async (route) => {
    await free;
    await route.continue();
  });
  return letGo;
}

/** One acknowledges and another resolves, each without knowing of the other; a third one writes a note. */
async function bothPress(page, browser, baseURL, alert) {
  const path = `/alerts/${alert.alert_id}`;
  await page.goto(path);
  await live(page);
  const other = await secondPerson(browser, baseURL, path);
  const third = await secondPerson(browser, baseURL, path);
  const note = third.getByRole("textbox", { name: "Note" });
  await note.fill("I look at");
  const letGo = [await hold(page), await hold(other)];
  await deed(page, "Acknowledge", alert).click();
  await deed(other, "Resolve", alert).click();
  // Each sees at once what was pressed.
  await expect(deed(page, "Give back", alert)).toBeVisible();
  await expect(deed(other, "Reopen", alert)).toBeVisible();
  return { other, third, note, letGo };
}

test("who acts a moment too late is told who was first, sees what the others see, and a note that is being written stays", async ({ page, browser, baseURL, world }) => {
  const alert = await world.server.raiseAlert("Two press at once, one of them first");
  const { other, third, note, letGo } = await bothPress(page, browser, baseURL, alert);
  const now = () => world.server.api(`/alerts/${alert.alert_id}`);
  letGo[1]();
  await expect.poll(async () => (await now()).state).toBe("resolved");
  letGo[0]();
  const { resolved_by } = await now();
  await expect(page.getByRole("status").filter({ hasText: `${alert.title}: ${resolved_by} resolved it` })).toBeVisible();
  for (const one of [page, other, third]) {
    await expect(deed(one, "Reopen", alert)).toBeVisible();
    await expect(one.getByRole("main")).toContainText(`${resolved_by} resolved it`);
  }
  await expect(note).toHaveValue("I look at");
  expect((await now()).timeline.some(({ what }) => what === "acknowledged")).toBe(false);
});

test("when two act in the same moment there is one truth, whoever was first", async ({ page, browser, baseURL, world }) => {
  const alert = await world.server.raiseAlert("Two press at once, whoever is first");
  const { other, third, note, letGo } = await bothPress(page, browser, baseURL, alert);
  const now = () => world.server.api(`/alerts/${alert.alert_id}`);
  for (const free of letGo) free();
  await expect.poll(async () => (await now()).state).toBe("resolved");
  for (const one of [page, other, third]) await expect(deed(one, "Reopen", alert)).toBeVisible();
  await expect(note).toHaveValue("I look at");
  const said = page.getByRole("status").filter({ hasText: /Acknowledged: Two press|Two press at once, whoever is first: .* resolved it/ });
  await expect(said).toBeVisible();
  const wasFirst = (await now()).timeline.some(({ what }) => what === "acknowledged");
  await expect(said).toContainText(wasFirst ? "Acknowledged" : "resolved it");
});

test("a click in one browser shows in the other within a second, and survives kill -9", async ({ page, browser, baseURL, world }) => {
  const alert = await world.server.raiseAlert("Two people look at this");
  const { alert_id } = alert;
  const path = `/alerts/${alert_id}`;
  await page.goto(path);
  await live(page);
  const other = await secondPerson(browser, baseURL, path);

  await deed(page, "Acknowledge", alert).click();
  await expect(deed(other, "Give back", alert)).toBeVisible({ timeout: 1_000 });
  const acknowledged = await world.server.api(`/alerts/${alert_id}`);
  expect(acknowledged.acknowledged_by).toBeTruthy();
  await expect(other.getByRole("main")).toContainText(acknowledged.acknowledged_by);

  await world.server.killAndRestart();
  expect(await world.server.api(`/alerts/${alert_id}`)).toMatchObject({
    acknowledged: true,
    acknowledged_by: acknowledged.acknowledged_by,
    acknowledged_at: acknowledged.acknowledged_at,
  });

  await live(page);
  await live(other);
  await deed(page, "Resolve", alert).click();
  await expect(deed(other, "Reopen", alert)).toBeVisible({ timeout: 1_000 });
  const resolved = await world.server.api(`/alerts/${alert_id}`);
  await world.server.killAndRestart();
  expect(await world.server.api(`/alerts/${alert_id}`)).toMatchObject({
    state: "resolved",
    resolved_by: resolved.resolved_by,
    resolved_at: resolved.resolved_at,
  });
});

test("an alert raised while the page is open says so, and can be handled from the overview", async ({ page, world }) => {
  await page.goto("/");
  await live(page);
  const alert = await world.server.raiseAlert("Handled from the overview", { severity: "critical" });
  const { alert_id } = alert;
  await deed(page, "Acknowledge", alert).click();
  await expect.poll(async () => (await world.server.api(`/alerts/${alert_id}`)).acknowledged).toBe(true);
  await world.server.api(`/alerts/${alert_id}/resolve`, {});
});

test("what else changed when an alert began is compared once somebody asks", async ({ page, world, complaints }) => {
  const asked = [];
  page.on("request", (request) => request.url().endsWith("/api/ui/changes") && asked.push(request.url()));
  await page.goto(`/alerts/${world.alert.alert_id}`);
  await live(page);
  const panel = page.getByRole("region", { name: "What else changed" });
  expect(asked).toEqual([]);
  await panel.getByText("The metrics that moved most").click();
  await expect(panel).toContainText(/\d+ metrics compared/);
  expect(await panel.getByRole("listitem").count()).toBeLessThanOrEqual(5);
  expect(asked).toHaveLength(1);
  await expectAccessible(page);
  await page.setViewportSize({ width: 320, height: 800 });
  await expectToFit(page);
  await panel.getByRole("link", { name: "All of it" }).click();
  await expect(page).toHaveURL(/\/trends\?.*changed=/);
  await expect(page.getByRole("heading", { name: "What changed" })).toBeVisible();
  expect(complaints).toEqual([]);
});
