// Acting on queues, workers and tasks from their pages: each asks first, says what will happen, and tells what came of it.

import { Celery } from "../harness/celery.mjs";
import { eventually, expect, expectAccessible, live, test } from "../harness/world.mjs";

const queue = "controlled_work";
const queuePage = `/queues/${encodeURIComponent(`celery:${queue}`)}`;
let worker;
let workerId;
let workerPage;

// A worker of its own, that runs one task at a time: what is done to it concerns no other test.
test.beforeAll(async ({ world }) => {
  worker = await Celery.start(world.redis, { name: "controlled", queues: queue, concurrency: 1 });
  const own = await eventually("the worker is online and serves its queue", async () => {
    const { items } = await world.server.api("/workers?limit=100");
    return items.find(({ name, is_online, queues }) => name === worker.name && is_online && queues?.includes(queue));
  });
  workerId = own.worker_id;
  await eventually("its queue is known", async () => {
    const { items } = await world.server.api("/queues?limit=100");
    return items.some(({ queue_type, worker_count }) => queue_type === queue && worker_count === 1);
  });
  workerPage = `/workers/${encodeURIComponent(workerId)}`;
});

// What the worker said tells whether it or the page is to blame.
test.afterEach(({}, { status, expectedStatus }) => {
  if (status !== expectedStatus) console.log(worker.program.said.slice(-30).join("\n"));
});

test.afterAll(async ({ world }) => {
  await worker?.stop();
  await fetch(`${world.server.url}/api/v1/workers/${encodeURIComponent(workerId)}`, { method: "DELETE" });
});

const task = (world, id) => world.server.api(`/tasks/${id}`).catch(() => ({}));

/** Sends a task to the worker, and waits until it is in that state. */
async function sent(world, wanted, ...call) {
  const [id] = worker.send(call);
  await eventually(`the task is ${wanted}`, async () => (await task(world, id)).status === wanted);
  return id;
}

/** Opens the dialog behind a button. */
async function ask(page, verb) {
  await page.getByRole("main").getByRole("button", { name: new RegExp(`^${verb}: `) }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  return dialog;
}

const confirm = (dialog, verb) => dialog.getByRole("button", { name: verb, exact: true }).click();
const answer = (page) => page.getByRole("main").locator(".told");

test("a queue is paused on its page and resumed in the table, and is marked wherever it stands", async ({ page, world, complaints }) => {
  await page.goto(queuePage);
  await live(page);
  const dialog = await ask(page, "Pause");
  await expect(dialog).toContainText("nothing more from it until it is resumed");
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("button", { name: /^Pause: / })).toBeFocused();
  await ask(page, "Pause");
  await confirm(dialog, "Pause");
  await expect(answer(page)).toContainText(worker.name);
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("main")).toContainText(/Paused by .+ ago: workers take nothing from it/);
  await expectAccessible(page);

  worker.send(["quick", [1], queue]);
  await page.goto("/queues");
  await live(page);
  const row = page.getByRole("row", { name: new RegExp(queue) });
  await expect(row).toContainText("paused");
  await expect(row.getByRole("cell").first()).toHaveText("1");
  await expect(page.locator(".title-row")).toContainText("1 paused");
  await row.getByRole("button", { name: /^Resume: / }).click();
  await confirm(page.getByRole("dialog"), "Resume");
  await expect(answer(page)).toContainText(worker.name);
  await expect(row).toContainText("1 worker");
  await expect(row.getByRole("cell").first()).toHaveText("0");
  expect(complaints).toEqual([]);
});

test("a worker is asked for a sign of life, drained until it is safe to stop, and works again", async ({ page, world, complaints }) => {
  const running = await sent(world, "processing", "slow", [4], queue);
  await page.goto(workerPage);
  await live(page);
  await page.getByRole("button", { name: /^Ping: / }).click();
  await expect(answer(page)).toContainText("Round trip");
  const dialog = await ask(page, "Drain");
  await expect(dialog).toContainText("takes no more tasks and finishes the 1 task that it runs");
  await confirm(dialog, "Drain");
  await expect(page.getByRole("main")).toContainText(/Drained by .+ ago: it takes no more tasks, and has 1 left/);
  await expect(page.getByRole("main")).toContainText("it has no task left and is safe to stop");
  expect((await task(world, running)).status).toBe("completed");
  await page.goto("/workers");
  await live(page);
  await expect(page.getByRole("row", { name: new RegExp(worker.name) })).toContainText("Drained");
  await page.goto(workerPage);
  await live(page);
  await confirm(await ask(page, "Take up work again"), "Take up work again");
  await expect(page.getByRole("main")).not.toContainText("it takes no more tasks");
  await sent(world, "completed", "quick", [2], queue);
  expect(complaints).toEqual([]);
});

test("the palette offers what can be done with what the page is about", async ({ page, world, complaints }) => {
  expect(world.server.url).toBeTruthy();
  await page.goto(workerPage);
  await live(page);
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Find or do" });
  await expect(palette.getByRole("combobox")).toBeFocused();
  await page.keyboard.type("drain controlled");
  await expect(palette.getByRole("option", { selected: true })).toContainText("Drain: controlled");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: /^Drain / });
  await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: /^Drain: / })).toBeFocused();
  expect(complaints).toEqual([]);
});

test("a task that waits is revoked, and one that runs is terminated", async ({ page, world, complaints }) => {
  const running = await sent(world, "processing", "slow", [300], queue);
  const waiting = await sent(world, "pending", "quick", [3], queue);
  await page.goto(`/tasks/${waiting}`);
  await live(page);
  await confirm(await ask(page, "Revoke"), "Revoke");
  await expect(answer(page)).toContainText(worker.name);

  await page.goto(`/tasks/${running}`);
  await live(page);
  const dialog = await ask(page, "Terminate");
  await expect(dialog).toContainText(`tasks.slow on worker ${worker.name} will be stopped by SIGTERM`);
  await expectAccessible(page);
  await confirm(dialog, "Terminate");
  await expect(answer(page)).toContainText(worker.name);
  await expect(page.getByRole("main").locator(".badge")).toHaveText("Cancelled");
  await expect(page.getByRole("button", { name: /^Terminate: / })).toHaveCount(0);
  await expect(page.getByRole("button", { name: /^Run again: / })).toBeVisible();
  await expect.poll(async () => (await task(world, waiting)).status, { timeout: 40_000 }).toBe("cancelled");
  expect(complaints).toEqual([]);
});

test("a failed task is run again with the keyboard alone, and the new one is a link away", async ({ page, world, complaints }) => {
  const failed = await sent(world, "failed", "failing", ["run again with the keyboard"], queue);
  await page.goto(`/tasks/${failed}`);
  await live(page);
  const button = page.getByRole("button", { name: /^Run again: / });
  for (let presses = 0; presses < 100 && !(await button.evaluate((element) => element === document.activeElement)); presses++) {
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(dialog.getByRole("button", { name: "Run again" })).toBeFocused();
  await page.keyboard.press("Enter");
  const link = answer(page).getByRole("link", { name: "Open the new task" });
  await expect(link).toBeVisible();
  await expect(button).toBeFocused();
  await link.click();
  await expect(page).not.toHaveURL(new RegExp(failed));
  await expect(page.getByRole("region", { name: "Error" })).toContainText("run again with the keyboard");
  expect(complaints).toEqual([]);
});

test("a failed task whose queue Celery did not tell is sent to the queue that one chooses", async ({ page, world, complaints }) => {
  const before = await task(world, world.failedTask);
  expect(before.queue, "its worker takes from several").toBeUndefined();
  await page.goto(`/tasks/${world.failedTask}`);
  await live(page);
  const dialog = await ask(page, "Run again");
  await expect(dialog).toContainText("Celery did not tell which queue it was in: choose where it goes.");
  await expectAccessible(page);
  await dialog.getByRole("combobox", { name: "To queue" }).selectOption("cpu_standard");
  await confirm(dialog, "Run again");
  await expect(answer(page)).toContainText("cpu_standard");
  const link = answer(page).getByRole("link");
  const id = (await link.getAttribute("href")).split("/").at(-1);
  await eventually("it has been tried", async () => (await task(world, id)).status === "failed");
  // Another queue than one of its application's is refused.
  const refused = await fetch(`${world.server.url}/api/v1/tasks/${world.failedTask}/retry`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ queue: "nowhere" }),
  });
  expect(refused.status).toBe(400);
  expect(await refused.text()).toContain("must be the name of a queue of celery");
  expect(complaints).toEqual([]);
});

test("all failed tasks of a search are run again, once they are counted", async ({ page, world, complaints }) => {
  for (const n of [1, 2]) await sent(world, "failed", "failing", [`again by the search ${n}`], queue);
  await page.goto(`/tasks?q=${encodeURIComponent('error:"again by the search"')}`);
  await live(page);
  await expect(page.getByRole("main").getByRole("button", { name: /^Revoke all/ })).toHaveCount(0);
  const dialog = await ask(page, "Run all again…");
  await expect(dialog.getByRole("button", { name: "Run 2 tasks again" })).toBeVisible();
  await expectAccessible(page);
  await confirm(dialog, "Run 2 tasks again");
  await expect(answer(page)).toContainText("2 tasks sent again");
  // A list stands still under the pointer.
  await page.mouse.move(0, 0);
  await expect(page.getByRole("main").locator(".panel-h").first()).toContainText("4 tasks");
  expect(complaints).toEqual([]);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a queue is paused and resumed, each after a question", async ({ page, world }) => {
    expect(world.server.url).toBeTruthy();
    for (const [verb, then] of [["Pause", /Paused by/], ["Resume", /1 worker serves it/]]) {
      await page.goto(queuePage);
      await confirm(await ask(page, verb), verb);
      await expect(async () => {
        await page.goto(queuePage);
        await expect(page.getByRole("main")).toContainText(then, { timeout: 500 });
      }).toPass();
    }
  });
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("buttons and dialogs fit, and are large enough for a finger", async ({ page, world, complaints }) => {
    expect(world.server.url).toBeTruthy();
    await page.goto(workerPage);
    await live(page);
    const dialog = await ask(page, "Limit rate");
    await expectAccessible(page);
    const buttons = page.getByRole("main").locator(".deeds .btn:visible");
    expect(await buttons.count()).toBeGreaterThan(5);
    for (const box of await Promise.all((await buttons.all()).map((button) => button.boundingBox()))) {
      expect(box.height).toBeGreaterThanOrEqual(44);
      expect(box.x + box.width).toBeLessThanOrEqual(390);
    }
    await dialog.getByRole("button", { name: "Cancel" }).tap();
    await expect(dialog).toBeHidden();
    expect(complaints).toEqual([]);
  });
});

// The last: a pool that has been two processes may hand the second of two tasks over at once, and Celery runs what is handed
// over also when it is revoked.
test("a pool is resized, and a rate is limited", async ({ page, complaints }) => {
  await page.goto(workerPage);
  await live(page);
  const dialog = await ask(page, "Resize pool");
  await expect(dialog).toContainText("Tasks at once: 1 now, then 2");
  await expectAccessible(page);
  await confirm(dialog, "Resize pool");
  await expect(answer(page)).toContainText(worker.name);
  await expect(dialog).toBeHidden();
  await ask(page, "Resize pool");
  await dialog.getByText("− Fewer").click();
  await confirm(dialog, "Resize pool");
  await expect(dialog).toBeHidden();
  await ask(page, "Limit rate");
  await dialog.getByLabel("Task").fill("tasks.quick");
  await dialog.getByLabel("At most").fill("often");
  await confirm(dialog, "Limit rate");
  await expect(dialog).toBeVisible();
  await dialog.getByLabel("At most").fill("0");
  await confirm(dialog, "Limit rate");
  await expect(answer(page)).toContainText(worker.name);
  expect(complaints).toEqual([]);
});
