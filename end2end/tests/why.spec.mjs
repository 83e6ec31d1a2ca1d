// Why tasks wait: on the page of a queue, in the table of queues, and on the page of a task; what is stuck; what is new.

import { eventually, expect, expectAccessible, expectToFit, live, tell, test } from "../harness/world.mjs";

// The lists are of records, which follow what is live with a short delay: what they are to show is awaited first.
const queue = "why_training";
const workers = ["why-1", "why-2"];

async function register(world, worker_id, slots) {
  const registration = { worker_id, name: worker_id, capability: "cpu", tags: [], queues: [queue], max_concurrent_tasks: slots, interval: 600 };
  await world.server.api("/workers/register", { registration });
}

const submitted = (task_id, at, name = "why.train") => ({ type: "task.submitted", at, task_id, content_type: "x", name, queue });

test.afterAll(async ({ world }) => {
  for (const id of workers) await fetch(`${world.server.url}/api/v1/workers/${id}`, { method: "DELETE" });
  await tell(world, ...["why-long", "why-waits"].map((task_id) => ({ type: "task.cancelled", task_id })));
});

test("a queue says what holds it back, and says it anew when that changes", async ({ page, world, complaints }) => {
  await tell(world, submitted("why-waits", -2));
  await register(world, workers[0], 1);
  await tell(world, submitted("why-long", -70), { type: "task.started", at: -60, task_id: "why-long", worker_id: workers[0] });
  await page.goto(`/queues/${queue}`);
  await live(page);
  await page.evaluate(() => (window.notReloaded = true));
  const main = page.getByRole("main");
  await expect(main.locator(".why")).toContainText("The only slot of its worker why-1 is taken by why.train for 1 min");
  await expectAccessible(page);
  await main.getByRole("link", { name: "The task" }).click();
  await expect(main.getByRole("heading", { level: 1 })).toHaveText("why.train");
  await page.goBack();

  // Another worker comes, with free slots: that they are busy is no longer what it is.
  await register(world, workers[1], 2);
  await expect(main.locator(".why")).toContainText("although 2 slots of its workers are free", { timeout: 8_000 });
  expect(await page.evaluate(() => window.notReloaded)).toBe(true);

  await page.goto("/queues");
  const row = page.getByRole("row", { name: new RegExp(queue) });
  await expect(row).toContainText("not known");
  await page.setViewportSize({ width: 390, height: 800 });
  await expectToFit(page);
  expect(complaints).toEqual([]);
});

test("a task says why it waits, and what its time went into once it ran", async ({ page, world, complaints }) => {
  const task_id = "why-again";
  await register(world, workers[0], 1);
  await tell(world, submitted(task_id, -40));
  await page.goto(`/tasks/${task_id}`);
  await live(page);
  const main = page.getByRole("main");
  await expect(main.locator(".why")).toContainText(`Its queue, ${queue}:`);
  const on = { task_id, worker_id: workers[0] };
  await tell(
    world,
    { type: "task.started", at: -30, ...on },
    { type: "task.retried", at: -20, task_id, error_message: "no room" },
    { type: "task.started", at: -15, ...on },
    { type: "task.completed", at: -5, ...on },
  );
  await expect(main.locator(".attempt", { hasText: "In all" })).toContainText(/waited \d+ s, ran 20 s, backed off for 5\.0 s/);
  await expect(main.locator(".why")).toHaveCount(0);
  expect(complaints).toEqual([]);
});

test("a task that runs far longer than others of its name is marked as stuck until it says a word", async ({ page, world, complaints }) => {
  const ran = Array.from({ length: 20 }, (_, n) => [
    submitted(`why-ran-${n}`, -300, "why.quick"),
    { type: "task.started", at: -299, task_id: `why-ran-${n}`, worker_id: workers[0] },
    { type: "task.completed", at: -298, task_id: `why-ran-${n}` },
  ]);
  await tell(world, ...ran.flat(), submitted("why-stuck", -65, "why.quick"), {
    type: "task.started", at: -60, task_id: "why-stuck", worker_id: workers[0],
  });
  await eventually("it is in the list", async () => (await world.server.api("/tasks?name=why.quick&status=processing")).total === 1);
  await page.goto("/tasks?q=name:why.quick status:processing");
  await live(page);
  await expect(page.getByRole("row", { name: /why-stuck/ })).toContainText("stuck");
  await page.getByRole("row", { name: /why-stuck/ }).getByRole("link").first().click();
  const main = page.getByRole("main");
  await expect(main.locator(".why")).toContainText(/Runs \d+× longer than 95 % of the tasks of this name/);
  await expectAccessible(page);
  await tell(world, { type: "task.progress", task_id: "why-stuck", progress: 0.5 });
  await expect(main.locator(".why")).toHaveCount(0);
  await tell(world, { type: "task.completed", task_id: "why-stuck" });
  expect(complaints).toEqual([]);
});

test("failures of a new kind are marked and say since when they are there", async ({ page, world, complaints }) => {
  await tell(world, ...["why-new-1", "why-new-2"].map((task_id, n) => ({ type: "task.failed", at: -30 - n, task_id, error_message: `WhyError: shard ${n} is missing` })));
  await eventually("the group is there", async () => (await world.server.api("/tasks/groups?by=error&error=WhyError")).total === 1);
  await page.goto("/tasks?by=error&q=error:WhyError");
  await live(page);
  const row = page.getByRole("row", { name: /WhyError: shard <n> is missing/ });
  await expect(row.locator(".badge")).toHaveText("new");
  await expect(page.getByRole("columnheader", { name: "First seen" })).toBeVisible();
  await expect(row.locator("time")).toHaveCount(2);
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 800 });
  await expectToFit(page);
  expect(complaints).toEqual([]);
});
