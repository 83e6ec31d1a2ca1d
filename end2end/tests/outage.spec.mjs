// The store cannot be written for a while: every page says so by itself, and no longer once it is over.

import { test as base } from "@playwright/test";
import { expect, listen, live } from "../harness/world.mjs";
import { Redis } from "../harness/celery.mjs";
import { Forewatch } from "../harness/forewatch.mjs";

const test = base.extend({
  /** A server of this test's own, over a Redis that it can take away. */
  own: async ({}, use) => {
    const redis = await Redis.start();
    const server = await Forewatch.start({ args: ["--store", redis.url] });
    await use({
      server,
      takeAway: async () => {
        redis.program.signal("SIGSTOP");
        // Refused: so it is noticed.
        await expect(server.api("/events", [{ type: "task.submitted", at: new Date().toISOString(), task_id: "t1", content_type: "c" }])).rejects.toThrow(/503/);
      },
      giveBack: () => redis.program.signal("SIGCONT"),
    });
    redis.program.signal("SIGCONT");
    await server.stop();
    await redis.program.stop();
  },
});

const notice = (page) => page.getByRole("alert").filter({ hasText: "The store cannot be written since" });

test("pages that are open say so, also the next ones, and stop by themselves", async ({ page, own }) => {
  const complaints = [];
  listen(page, complaints);
  await page.goto(own.server.url);
  await live(page);
  await expect(notice(page)).toHaveCount(0);
  await own.takeAway();
  await expect(notice(page)).toContainText("Redis does not answer");
  await page.getByRole("navigation", { name: "Main", exact: true }).getByRole("link", { name: "Settings" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Settings");
  await expect(notice(page)).toBeVisible();
  await expect(page.getByRole("region", { name: "Store", exact: true })).toContainText("cannot be written: Redis does not answer");
  own.giveBack();
  await expect(notice(page)).toHaveCount(0);
  expect(complaints).toEqual([]);
});

test.describe("without any script", () => {
  test.use({ javaScriptEnabled: false });

  test("a page says so as well", async ({ page, own }) => {
    await own.takeAway();
    await page.goto(own.server.url);
    await expect(notice(page)).toBeVisible();
    own.giveBack();
  });
});
