// The page of a worker: what happened to it, and what is known of its devices.

import { expect, expectAccessible, expectToFit, live, test } from "../harness/world.mjs";

const id = "told-of-1";
const address = `/workers/${id}`;
let version = "1.0";

const beat = (world, more = {}) =>
  world.server.api(`/workers/${id}/heartbeat`, {
    worker_id: id,
    status: "online",
    timestamp: new Date().toISOString(),
    interval: 3_600,
    version,
    ...more,
  });

// A worker of its own: what is told of it concerns no other test.
test.beforeAll(async ({ world }) => {
  await world.server.api("/workers/register", { registration: { worker_id: id, interval: 3_600, tags: ["site:told"] } });
  await beat(world);
});

test.afterAll(async ({ world }) => {
  await fetch(`${world.server.url}/api/v1/workers/${id}`, { method: "DELETE" });
});

const happened = (page) => page.getByRole("region", { name: "What happened" });
const line = (page, text) => happened(page).getByRole("listitem").filter({ hasText: text });

test("what happened to a worker stands on its page, newest first, whoever tells of it", async ({ page, world, complaints }) => {
  await page.goto(address);
  await live(page);
  await expect(line(page, "First heard of")).toHaveCount(1);

  // Another version, while somebody looks.
  version = "2.0";
  await beat(world);
  await expect(line(page, "Version 2.0")).toContainText("before 1.0");

  const alert = await world.server.raiseAlert("Its fans are loud", { component: "worker", component_id: id });
  await expect(line(page, alert.title)).toContainText("raised");
  await world.server.api(`/alerts/${alert.alert_id}/resolve`, {});
  await expect(line(page, alert.title).first()).toContainText("resolved by");

  await world.server.note("New fans", ["site:told"]);
  await beat(world, { status: "error" });
  await expect(line(page, "Said that something is wrong with it")).toHaveCount(1);
  await beat(world);
  await expect(line(page, "Came online").first()).toBeVisible();
  await expect(line(page, "New fans")).toHaveCount(1);

  await expectAccessible(page);
  await expectToFit(page);
  await line(page, alert.title).first().getByRole("link").click();
  await expect(page).toHaveURL(new RegExp(alert.alert_id));
  expect(complaints).toEqual([]);
});

test("what happened leads to all alerts of the worker, also on a phone", async ({ page, world, complaints }) => {
  const alert = await world.server.raiseAlert("Its pump is loud", { component: "worker", component_id: id });
  await world.server.api(`/alerts/${alert.alert_id}/resolve`, {});
  await page.setViewportSize({ width: 320, height: 700 });
  await page.goto(address);
  await live(page);
  await expectToFit(page);
  await happened(page).getByRole("link", { name: "All its alerts" }).click();
  await expect(page.getByRole("main")).toContainText(alert.title);
  expect(complaints).toEqual([]);
});

test("a device tells the rest behind a line, which stays open while readings come", async ({ page, world, complaints }) => {
  const processes = Array.from({ length: 6 }, (_, n) => ({ pid: 100 + n, name: `train-${n}`, memory_used_bytes: 1e9 }));
  const gpu = { index: 0, utilization: 0.5, memory_clock_hz: 9.001e9, performance_state: 2, fan_speed: 0.6, pcie_generation: 4, processes };
  await beat(world, { gpus: [gpu] });
  await page.goto(address);
  await live(page);
  const panel = page.getByRole("article").filter({ has: page.getByRole("heading", { name: "GPU 0" }) });
  await expect(panel).toContainText("9.00 GHz");
  await expect(panel.getByText("P2")).toBeHidden();
  await panel.getByText("More readings").click();
  await expect(panel.getByText("P2")).toBeVisible();
  await panel.getByText("2 more").click();
  await expect(panel.getByText("train-5")).toBeVisible();
  await beat(world, { gpus: [{ ...gpu, performance_state: 8, processes: processes.toReversed() }] });
  await expect(panel.getByText("P8")).toBeVisible();
  await expect(panel.getByText("train-0")).toBeVisible();
  await expectAccessible(page);
  await expectToFit(page);
  expect(complaints).toEqual([]);
});
