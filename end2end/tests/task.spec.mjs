// The page of a task that runs, and of its worker, follow what happens without a reload.

import { expect, live, tell, test } from "../harness/world.mjs";

const worker_id = "hand-made";

test.beforeAll(async ({ world }) => {
  await world.server.api("/workers/register", { registration: { worker_id, name: worker_id, capability: "cpu", tags: [] } });
});

// A worker that falls silent would be somebody else's alert.
test.afterAll(async ({ world }) => {
  await fetch(`${world.server.url}/api/v1/workers/${worker_id}`, { method: "DELETE" });
});

test("facts, timeline and attempts of a task follow its progress, its retry and its end", async ({ page, world, complaints }) => {
  const task_id = "followed-to-its-end";
  await tell(
    world,
    { type: "task.submitted", at: -9, task_id, content_type: "video", name: "encode", queue: "cpu_standard" },
    { type: "task.started", at: -5, task_id, worker_id },
  );
  await page.goto(`/tasks/${task_id}`);
  await live(page);
  const main = page.getByRole("main");
  const timeline = main.getByRole("region", { name: "Timeline" });
  await expect(main.locator(".badge")).toHaveText("Running");
  await page.evaluate(() => (window.notReloaded = true));

  // Seconds pass: the texts go on, and nothing else is made anew.
  await page.evaluate(() => {
    window.made = [];
    // What happens elsewhere meanwhile is marked on the charts.
    const own = (node) => node.nodeType === 1 && !node.matches(".mark");
    const keep = (changes) => window.made.push(...changes.flatMap((change) => [...change.addedNodes]).filter(own).map((node) => node.outerHTML.slice(0, 200)));
    new MutationObserver(keep).observe(document.querySelector("main"), { childList: true, subtree: true });
  });
  const ran = main.locator(".tile", { hasText: "Ran" }).locator(".big");
  const before = await ran.textContent();
  expect(before).toMatch(/so far/);
  await expect(ran).not.toHaveText(before);
  await expect(timeline.locator(".attempt-bars .cap").first()).toContainText("ran");
  expect(await page.evaluate(() => window.made), "elements made while only time passed").toEqual([]);

  await tell(world, { type: "task.progress", task_id, progress: 0.4, message: "four of ten" });
  await expect(main.locator(".badge")).toHaveText("Running 40 %", { timeout: 2_000 });
  await expect(main.locator(".badge .done rect")).toHaveAttribute("width", "40.0%");
  await expect(timeline).toContainText("four of ten");

  await tell(world, { type: "task.retried", task_id, error_message: "no room on the disk" });
  await expect(main.locator(".badge")).toContainText("Retrying", { timeout: 2_000 });
  await tell(world, { type: "task.started", task_id, worker_id });
  await expect(timeline.locator(".attempt-cap b", { hasText: "Attempt 2" })).toBeVisible({ timeout: 2_000 });
  await tell(world, { type: "task.failed", task_id, worker_id, error_message: "still no room on the disk" });
  await expect(main.locator(".badge")).toContainText("Failed", { timeout: 2_000 });
  await expect(main.getByRole("region", { name: "Error" })).toContainText("still no room on the disk");
  expect(await page.evaluate(() => window.notReloaded)).toBe(true);
  expect(complaints).toEqual([]);
});

test("a worker's recent tasks follow what it does", async ({ page, world, complaints }) => {
  await page.goto(`/workers/${worker_id}`);
  await live(page);
  await page.evaluate(() => (window.notReloaded = true));
  const task_id = "seen-on-its-worker";
  await tell(
    world,
    { type: "task.submitted", at: -3, task_id, content_type: "video", name: "thumbnail", queue: "cpu_standard" },
    { type: "task.started", at: -2, task_id, worker_id },
  );
  const row = page.getByRole("main").locator("tr", { hasText: "thumbnail" });
  await expect(row).toContainText("Running", { timeout: 4_000 });
  await tell(world, { type: "task.progress", task_id, progress: 0.7 });
  await expect(row).toContainText("70 %", { timeout: 4_000 });
  await expect(row.locator(".done rect")).toHaveAttribute("width", "70.0%");
  await tell(world, { type: "task.completed", task_id, worker_id });
  await expect(row).toContainText("Completed", { timeout: 4_000 });
  expect(await page.evaluate(() => window.notReloaded)).toBe(true);
  expect(complaints).toEqual([]);
});

test("failures are grouped by what they have in common, and each group leads to its tasks", async ({ page, world, complaints }) => {
  const tasks = ["grouped-1", "grouped-2", "grouped-3"];
  const submitted = tasks.map((task_id) => ({ type: "task.submitted", at: -3, task_id, content_type: "x", name: "grouped.render" }));
  const failed = tasks.map((task_id, n) => ({ type: "task.failed", at: -2, task_id, error_message: `GroupedError: tile ${n} has no light` }));
  await tell(world, ...submitted, ...failed);
  await page.goto("/tasks?q=name:grouped.render");
  await live(page);
  await page.getByRole("link", { name: "By error" }).click();
  const groups = page.getByRole("region", { name: "Groups of tasks" });
  const row = groups.getByRole("row", { name: /GroupedError: tile <n> has no light/ });
  await expect(row.getByRole("cell").first()).toHaveText("3");
  await expect(page).toHaveURL(/by=error/);
  await page.getByRole("link", { name: "By name" }).click();
  await expect(groups.getByRole("row", { name: /grouped\.render 3 3 100 %/ })).toBeVisible();
  await page.goBack();
  await row.getByRole("link").click();
  await expect(page.getByRole("table")).toContainText("grouped-3".slice(-8));
  await expect(page.getByRole("table").getByRole("row")).toHaveCount(tasks.length + 1);
  expect(complaints).toEqual([]);
});
