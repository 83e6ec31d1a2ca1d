// The page of a queue: who serves it, each with the way to it.

import { expect, expectAccessible, expectToFit, live, test } from "../harness/world.mjs";

const serving = (page) => page.getByRole("region", { name: "Who serves it" });

for (const width of [1440, 320]) {
  test(`a queue names the workers that take from it and leads to them, ${width} px wide`, async ({ page, complaints }) => {
    await page.setViewportSize({ width, height: 800 });
    await page.goto("/queues/celery%3Agpu_priority");
    await live(page);
    const worker = serving(page).getByRole("listitem").filter({ hasText: "worker-1@end2end" });
    await expect(worker).toContainText(/Online|Busy/);
    await expect(worker).toContainText(/of 2 running/);
    await expect(serving(page)).toContainText("1 of 1 can");
    await expectAccessible(page);
    await expectToFit(page);
    await serving(page).getByRole("link", { name: "In the list of workers" }).click();
    await expect(page.getByRole("region", { name: "Worker table" }).getByRole("rowheader")).toHaveText(["worker-1@end2end"]);
    await page.goBack();
    await worker.getByRole("link").click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("worker-1@end2end");
    expect(complaints).toEqual([]);
  });
}

test("the id of a queue is copied", async ({ page, context, complaints }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto("/queues/gpu_priority");
  await live(page);
  await page.getByRole("button", { name: "Copy queue id" }).click();
  await expect(page.getByRole("button", { name: "Copied" })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/gpu_priority$/);
  expect(complaints).toEqual([]);
});

test("its tasks are those of its own source, though another's queue has the same name", async ({ page, world, complaints }) => {
  const ids = world.celery.send(["quick", [1], "gpu_fallback"], ["quick", [2], "gpu_fallback"]);
  await world.server.api("/events", [
    { type: "task.submitted", at: new Date().toISOString(), task_id: "of-another-source", content_type: "x", name: "elsewhere", queue: "gpu_fallback" },
  ]);
  const of = async (queue) => (await world.server.api(`/tasks?limit=1000&queue=${encodeURIComponent(queue)}`)).items;
  await expect.poll(async () => (await of("=gpu_fallback")).some(({ task_id }) => task_id === "of-another-source")).toBe(true);
  expect((await of("=celery:gpu_fallback")).every(({ source }) => source === "celery")).toBe(true);
  expect((await of("=gpu_fallback")).every(({ source }) => source === "http")).toBe(true);
  await page.goto("/queues/celery%3Agpu_fallback");
  await live(page);
  await page.getByRole("link", { name: "Its tasks" }).click();
  await expect(page).toHaveURL(/queue(:|%3A)(=|%3D)celery(:|%3A)gpu_fallback/i);
  await expect(page.getByRole("main")).not.toContainText("elsewhere");
  expect(ids.length).toBe(2);
  await page.goto("/queues/gpu_fallback");
  await live(page);
  await page.getByRole("link", { name: "Its tasks" }).click();
  await expect(page.getByRole("region", { name: "Task table" })).toContainText("elsewhere");
  expect(complaints).toEqual([]);
});
