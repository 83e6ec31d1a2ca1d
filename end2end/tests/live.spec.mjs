// What happens shows on the open page, without a reload.

import { eventually, expect, live, test } from "../harness/world.mjs";

test("a worker that registers appears in the open table", async ({ page, world }) => {
  await page.goto("/workers");
  await live(page);
  await page.evaluate(() => (window.notReloaded = true));
  await world.server.api("/workers/register", {
    registration: { worker_id: "late-comer", name: "late-comer", capability: "cpu", tags: [] },
  });
  await expect(page.getByRole("main").getByText("late-comer").first()).toBeVisible();
  expect(await page.evaluate(() => window.notReloaded)).toBe(true);
});

test("a failed Celery task appears in the open task list", async ({ page, world }) => {
  await page.goto("/tasks");
  await live(page);
  const [id] = world.celery.send(["failing", ["seen while it happens"], "gpu_priority"]);
  await expect(page.locator(`a[href$="${id}"]`).first()).toBeVisible();
});

test("a page reconnects after the server was away, and goes on", async ({ page, world }) => {
  await page.goto("/alerts");
  await live(page);
  await world.server.killAndRestart();
  const alert = await world.server.raiseAlert("Raised after the restart");
  await expect(page.getByRole("main").getByText("Raised after the restart").first()).toBeVisible({ timeout: 30_000 });
  await live(page);
  await eventually("the alert is known", async () => (await world.server.api(`/alerts/${alert.alert_id}`)).is_active);
});
