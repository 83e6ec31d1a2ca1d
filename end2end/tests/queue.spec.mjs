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
