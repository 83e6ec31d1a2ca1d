// Charts after something was missed, and around an alert.

import { eventually, expect, expectToFit, live, test } from "../harness/world.mjs";
import { Forewatch } from "../harness/forewatch.mjs";

/** Counts what the page asks of the past from now on. */
function questions(page) {
  const asked = [];
  page.on("request", (request) => request.url().endsWith("/api/ui/series") && asked.push(request.postDataJSON()));
  return asked;
}

test("after a cut connection the past is loaded again, up to now", async ({ page, context, world }) => {
  expect(world.server.url).toBeTruthy();
  await page.goto("/");
  await live(page);
  const asked = questions(page);
  await context.setOffline(true);
  await expect(page.locator(".bar-top .conn.wait, .bar-top .conn.stale")).toBeVisible();
  const cut = Date.now();
  await context.setOffline(false);
  await live(page);
  await expect.poll(() => asked.length).toBeGreaterThan(0);
  const ends = asked[0].queries.map(({ to }) => Date.parse(to));
  expect(Math.min(...ends), "the past ends after the cut").toBeGreaterThan(cut - 2_000);
});

test("a tab that is hidden for a moment asks for nothing", async ({ page, world }) => {
  expect(world.server.url).toBeTruthy();
  await page.goto("/");
  await live(page);
  await page.waitForLoadState("networkidle");
  const asked = questions(page);
  const hide = (hidden) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, value: hidden });
      document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
    }, hidden);
  await hide(true);
  await page.waitForTimeout(1_500);
  await hide(false);
  await page.waitForTimeout(1_500);
  expect(asked).toEqual([]);
});

test("the chart of an alert begins before it and draws its threshold", async ({ page, complaints }) => {
  // A server of its own: an alert that stays would change what other tests see.
  const server = await Forewatch.start();
  const at = new Date().toISOString();
  await server.api("/events", [
    { type: "annotation", at, title: "Version 7 went out", tags: ["deploy"] },
    { type: "queue.sampled", at, queue: "far_too_long", pending: 4_000 },
  ]);
  const alert = await eventually("the queue is too long", async () => {
    const { items } = await server.api("/alerts?rule=queue-backlog&state=all");
    return items.find(({ component_id }) => component_id.endsWith("far_too_long"));
  });
  const asked = questions(page);
  await page.goto(`${server.url}/alerts/${alert.alert_id}`);
  await live(page);
  const chart = page.getByRole("region", { name: "The metric around it" });
  await expect(chart.getByRole("link", { name: "Around it" })).toHaveAttribute("aria-current", "true");
  await expect(chart.locator(".thr-in")).toBeVisible();
  await expect(chart.getByText("Version 7 went out")).toBeAttached();
  await chart.getByRole("link", { name: "6 h" }).click();
  await expect.poll(() => asked.length).toBe(1);
  await chart.getByRole("link", { name: "Around it" }).click();
  await expect.poll(() => asked.length).toBe(2);
  const [{ from }] = asked[1].queries;
  const before = (Date.parse(alert.timestamp) - Date.parse(from)) / 60_000;
  expect(before, "minutes before the alert").toBeCloseTo(15, 0);
  await page.setViewportSize({ width: 390, height: 844 });
  await expectToFit(page);
  expect(complaints).toEqual([]);
  await server.stop();
});
