// The family of a task as a tree on its page: chains and chords of a real Celery application, and what senders over HTTP
// tell of each other's tasks.

import { eventually, expect, expectAccessible, expectToFit, live, tell, test } from "../harness/world.mjs";

const treeOf = (page) => page.getByRole("region", { name: "Family" });
const rowOf = (page, id) => treeOf(page).locator(".kin-row", { hasText: id });
const submitted = (task_id, relatives = {}) => ({ type: "task.submitted", at: -5, task_id, content_type: "x", name: `${task_id}.run`, ...relatives });

/** Lists are of records, which follow what is live with a short delay. */
const recorded = (world, query, total) =>
  eventually(`${total} tasks of ${query} are recorded`, async () => (await world.server.api(`/tasks?${query}`)).total === total);

const worker_id = "tree-worker";

test.beforeAll(async ({ world }) => {
  await world.server.api("/workers/register", { registration: { worker_id, name: worker_id, capability: "cpu", tags: [], interval: 600 } });
});

test.afterAll(async ({ world }) => {
  await fetch(`${world.server.url}/api/v1/workers/${worker_id}`, { method: "DELETE" });
});

test("a chain grows on the page of its first task, and leads from task to task", async ({ page, world, complaints }) => {
  const ids = world.celery.run("chain.py", JSON.stringify([2, 6, 0.1]));
  await eventually("the chain has begun", () => world.server.api(`/tasks/${ids[0]}`).then(() => true, () => false));
  await page.goto(`/tasks/${ids[0]}`);
  await live(page);
  await page.evaluate(() => (window.notReloaded = true));
  const row = (id) => rowOf(page, id.slice(0, 8));
  await expect(row(ids[1])).toContainText("Running", { timeout: 15_000 });
  await expect(row(ids[2])).toContainText("Completed", { timeout: 15_000 });
  for (const id of ids) await expect(row(id)).toContainText(/Completed.*ran \d/, { timeout: 5_000 });
  await expect(treeOf(page).getByRole("list")).toHaveCount(ids.length);
  await expect(treeOf(page).getByRole("listitem").first()).toContainText(ids[2].slice(0, 8));
  await expect(row(ids[0])).toHaveAttribute("aria-current", "true");
  await expect(row(ids[0]).getByRole("link", { name: "tasks.slow" })).toHaveCount(0);
  expect(await page.evaluate(() => window.notReloaded)).toBe(true);

  await row(ids[2]).getByRole("link", { name: "tasks.slow" }).click();
  await expect(page).toHaveURL(new RegExp(`/tasks/${ids[2]}$`));
  await expect(row(ids[2])).toHaveAttribute("aria-current", "true");
  await expect(row(ids[0]).getByRole("link", { name: "tasks.slow" })).toBeVisible();
  await expectAccessible(page);
  expect(complaints).toEqual([]);
});

test.describe("without a script", () => {
  test.use({ javaScriptEnabled: false });

  test("a chord that a task sent is there, and its list", async ({ page, world }) => {
    const [id] = world.celery.send(["fan_out", [3], "cpu_standard"]);
    await recorded(world, `root_id=${id}&status=completed`, 5);
    await page.goto(`/tasks/${id}`);
    const tree = treeOf(page);
    await expect(tree.locator("li")).toHaveCount(5);
    await expect(tree.locator("li li").filter({ hasText: "tasks.quick" })).toHaveCount(3);
    // Its end hangs from the member that was last.
    await expect(tree.locator("li li li")).toContainText("tasks.total");
    await tree.getByRole("link", { name: "All as a list" }).click();
    await expect(page.getByRole("table").getByRole("row")).toHaveCount(1 + 5);
  });
});

test("what happens to the others is written into the tree, in which nobody loses his place", async ({ page, world, complaints }) => {
  const [parent, child, late] = ["tree-parent", "tree-child", "tree-late"];
  const relatives = { parent_id: parent };
  await tell(world, submitted(parent), { type: "task.started", at: -4, task_id: parent, worker_id }, submitted(child, relatives));
  await recorded(world, `parent_id=${parent}`, 1);
  await page.goto(`/tasks/${parent}`);
  await live(page);
  await expect(rowOf(page, child)).toContainText("Waiting");
  const link = rowOf(page, child).getByRole("link", { name: child });
  await link.focus();
  await tell(world, { type: "task.started", task_id: child, worker_id });
  await expect(rowOf(page, child)).toContainText(/Running.*so far/, { timeout: 8_000 });
  await tell(world, submitted(late, relatives), { type: "task.failed", task_id: child, error_message: "no" });
  await expect(rowOf(page, child)).toContainText("Failed", { timeout: 8_000 });
  await expect(rowOf(page, late)).toContainText("Waiting", { timeout: 8_000 });
  await expect(link).toBeFocused();
  await tell(world, ...[parent, late].map((task_id) => ({ type: "task.cancelled", task_id })));
  await expect(rowOf(page, late)).toContainText("Cancelled", { timeout: 8_000 });
  // All have ended: after ten seconds nothing is asked any more.
  const isAsked = () => page.waitForRequest(/\/task-family/, { timeout: 4_000 }).then(() => true, () => false);
  await eventually("it is no longer asked for", async () => !(await isAsked()));
  expect(complaints).toEqual([]);
});

test("of very many the nearest are shown, and the rest is a list away", async ({ page, world, complaints }) => {
  const root = "tree-of-many";
  const relatives = { root_id: root, parent_id: root };
  const members = Array.from({ length: 70 }, (_, n) => `tree-member-${n}`);
  const ended = [root, ...members].map((task_id) => ({ type: "task.completed", at: -1, task_id }));
  await tell(world, submitted(root, { root_id: root }), ...members.map((id) => submitted(id, relatives)), ...ended);
  await tell(world, submitted("tree-grandchild", { root_id: root, parent_id: members[3] }));
  await recorded(world, `root_id=${root}`, 72);

  await page.goto(`/tasks/${root}`);
  await live(page);
  await expect(treeOf(page).locator(".kin-row:has(.strong)")).toHaveCount(50);
  await page.goto(`/tasks/${members[3]}`);
  await live(page);
  await expect(rowOf(page, "tree-grandchild")).toBeVisible();
  const more = treeOf(page).getByRole("link", { name: "69 more" });
  await expect(more).toBeVisible();
  await expectAccessible(page);
  for (const width of [768, 390, 320]) {
    await page.setViewportSize({ width, height: 900 });
    await expectToFit(page);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await more.click();
  await expect(page.getByRole("link", { name: `Remove root:${root}` })).toBeVisible();
  await expect(page.getByRole("table")).toContainText("tree-member");
  await tell(world, { type: "task.cancelled", task_id: "tree-grandchild" });
  expect(complaints).toEqual([]);
});

test("tasks that tell nonsense of each other have a page all the same", async ({ page, world, complaints }) => {
  await tell(world, submitted("tree-hen", { parent_id: "tree-egg" }), submitted("tree-egg", { parent_id: "tree-hen" }), submitted("tree-orphan", { parent_id: "tree-nobody" }));
  await recorded(world, "parent_id=tree-hen", 1);
  await page.goto("/tasks/tree-hen");
  await live(page);
  await expect(treeOf(page).locator(".kin-row")).toHaveCount(2);
  await page.goto("/tasks/tree-orphan");
  await live(page);
  await expect(rowOf(page, "no longer known")).toContainText("tree-nobody");
  await tell(world, ...["tree-hen", "tree-egg", "tree-orphan"].map((task_id) => ({ type: "task.cancelled", task_id })));
  expect(complaints).toEqual([]);
});
