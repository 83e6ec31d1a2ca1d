// A page becomes live part by part: whoever is faster than that loses nothing, and nothing is asked for twice.

import { examples } from "../harness/examples.mjs";
import { expect, live, pages, test } from "../harness/world.mjs";

/** Pages that ask for nothing more while they stand still. */
const calm = ["overview", "groups", "task", "alerts", "alert", "trends", "reports", "settings"];

test("what is pressed before the page is live as a whole is done", async ({ page, complaints }) => {
  // A browser in which the next part never comes by itself.
  await page.addInitScript(() => {
    const later = window.setTimeout.bind(window);
    window.held = [];
    window.setTimeout = (call, wait, ...more) => (wait === 0 ? window.held.push(call) : later(call, wait, ...more));
    window.goOn = () => {
      window.setTimeout = later;
      for (const call of window.held.splice(0)) later(call, 0);
    };
  });
  await page.goto("/alerts");
  await page.waitForFunction(() => window.held.length > 0);
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme ?? "");
  const before = await theme();
  await expect(page.locator(".conn.live")).toHaveCount(0);
  await page.getByRole("button", { name: "Switch theme" }).click();
  expect(await theme(), "the theme").not.toBe(before);
  await page.evaluate(() => window.goOn());
  await live(page);
  await page.getByRole("link", { name: "Queues" }).first().click();
  await expect(page.getByRole("heading", { name: "Queues", level: 1 })).toBeVisible();
  expect(complaints).toEqual([]);
});

test("no page asks for what came with it", async ({ page, world, complaints }) => {
  const things = await examples(world);
  const asked = [];
  page.on("request", (request) => {
    if (request.method() === "POST") asked.push(`${page.url()}: ${request.url()}`);
  });
  const [from, to] = [600, 300].map((ago) => new Date(Date.now() - ago * 1000).toISOString().replace(/\.\d+/, ""));
  const more = [
    `/trends?changed=${from}..${to}`,
    `/trends?metric=worker.cpu_usage&by=worker&compare=day&zoom=${from}..${to}&changed=${from}..${to}`,
    "/settings?try=cpu-high&threshold=80+%25",
    "/alerts?state=resolved",
    "/tasks?by=name&q=status%3Afailed",
    `/reports?from=${from}&to=${to}`,
  ];
  for (const address of [...calm.map((name) => pages[name](things)), ...more]) {
    await page.goto(address);
    await live(page);
  }
  expect(asked).toEqual([]);
  expect(complaints).toEqual([]);
});
