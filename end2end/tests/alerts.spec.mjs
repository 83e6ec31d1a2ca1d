// Two people look at one alert: what one does, the other sees, and it stays done.

import { deed, expect, live, test } from "../harness/world.mjs";

/** A second person, in a browser context of their own. */
async function secondPerson(browser, baseURL, path) {
  const context = await browser.newContext({ baseURL });
  const page = await context.newPage();
  await page.goto(path);
  await live(page);
  return page;
}

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
