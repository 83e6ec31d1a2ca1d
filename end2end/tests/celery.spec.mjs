// An unmodified Celery application ends up on the dashboard as it was.

import { eventually, expect, test } from "../harness/world.mjs";

test("every task of the application ends in the state that Celery gave it", async ({ world }) => {
  const { server, celery } = world;
  const calls = [
    ["quick", [1], "cpu_standard"],
    ["quick", [2], "gpu_fallback"],
    ["slow", [0.3], "gpu_priority"],
    ["failing", ["a reason that can be found again"], "gpu_priority"],
    ["retrying", [], "cpu_standard"],
    ["progress", [4], "cpu_standard"],
  ];
  const ids = celery.send(...calls);
  const wanted = ["completed", "completed", "completed", "failed", "completed", "completed"];
  const tasks = await eventually("all tasks have ended", async () => {
    const found = await Promise.all(ids.map((id) => server.api(`/tasks/${id}`).catch(() => null)));
    return found.every((task) => ["completed", "failed"].includes(task?.status)) && found;
  });
  expect(tasks.map(({ status }) => status)).toEqual(wanted);
  expect(tasks.map(({ name }) => name)).toEqual(calls.map(([name]) => `tasks.${name}`));
  expect(tasks[3].error_message).toContain("a reason that can be found again");
  expect(tasks[4].retry_count).toBe(2);
  for (const task of tasks) expect(task.worker_id).toContain(celery.name);
});

test("a queue's length on the dashboard is what waits in Redis", async ({ world, page }) => {
  const { server, celery } = world;
  const waiting = 7;
  celery.send(...Array.from({ length: waiting }, (_, i) => ["quick", [i], "nobody_takes_these"]));
  await eventually("the queue is sampled", async () => {
    const { items } = await server.api("/queues?limit=100");
    return items.find(({ queue_type }) => queue_type === "nobody_takes_these")?.pending_tasks === waiting;
  });
  await page.goto("/queues");
  await expect(page.getByRole("main").locator("tr, li, article", { hasText: "nobody_takes_these" }).first()).toContainText("7");
});
