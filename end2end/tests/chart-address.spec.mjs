// Live charts keep what they show in the page's address: range, zoom, the line that is shown alone.

import { expect, live, test } from "../harness/world.mjs";
import { examples } from "../harness/examples.mjs";

const past = (page) => page.locator("section.panel:has(.strips)").first();
const range = (page, name) => past(page).getByRole("link", { name, exact: true });

/** Drags over the first strip from one share of its plot to another. */
async function drag(page, from, to) {
  const area = await past(page).locator(".strip.chart .area").first().boundingBox();
  const at = (share) => [area.x + area.width * share, area.y + area.height / 2];
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at((from + to) / 2), { steps: 4 });
  await page.mouse.move(...at(to), { steps: 4 });
  await page.mouse.up();
}

test("a range is in the address, is there after a reload and in the server's page, and back leads back", async ({ page, request, complaints }) => {
  await page.goto("/");
  await live(page);
  const asked = [];
  page.on("request", (request) => request.method() === "POST" && asked.push(new URL(request.url()).pathname));
  await range(page, "6 h").click();
  await expect(page).toHaveURL(/\?range=6h$/);
  await expect(past(page).getByRole("heading", { level: 2 })).toHaveText("Last 6 hours");
  await expect.poll(() => asked.length).toBeGreaterThan(0);
  expect(new Set(asked), "the page itself is not asked for again").toEqual(new Set(["/api/ui/series"]));
  await page.reload();
  await live(page);
  await expect(range(page, "6 h")).toHaveAttribute("aria-current", "true");
  expect(await (await request.get("/?range=6h")).text()).toContain("Last 6 hours");
  await range(page, "24 h").click();
  await expect(page).toHaveURL(/\?range=24h$/);
  await page.goBack();
  await expect(range(page, "6 h")).toHaveAttribute("aria-current", "true");
  await past(page).getByLabel("A longer range").selectOption("30 d");
  await expect(page).toHaveURL(/\?range=30d$/);
  await expect(past(page).getByRole("heading", { level: 2 })).toHaveText("Last 30 days");
  expect(complaints).toEqual([]);
});

test("a zoom is in the address without a step of its own, and a double click takes it out again", async ({ page, complaints }) => {
  await page.goto("/");
  await live(page);
  await range(page, "15 min").click();
  await drag(page, 0.4, 0.9);
  await expect(page).toHaveURL(/\?range=15min&zoom=\d{4}-\d\d-\d\dT[\d:]+Z\.\.\d{4}-\d\d-\d\dT[\d:]+Z$/);
  await page.reload();
  await live(page);
  await expect(past(page).getByRole("link", { name: "Zoom out" })).toBeVisible();
  const area = await past(page).locator(".strip.chart .area").first().boundingBox();
  await page.mouse.dblclick(area.x + area.width / 2, area.y + area.height / 2);
  await expect(page).toHaveURL(/\?range=15min$/);
  await page.goBack();
  await expect(page).not.toHaveURL(/range=|zoom=/);
  expect(complaints).toEqual([]);
});

test("a zoom of long ago shows what was then", async ({ page, request }) => {
  const then = "2026-01-01T00:00:00Z..2026-01-01T00:10:00Z";
  expect(await (await request.get(`/?zoom=${then}`)).text()).toContain("00:04");
  const asked = [];
  page.on("request", (request) => request.url().endsWith("/api/ui/series") && asked.push(request.postDataJSON()));
  await page.goto(`/?zoom=${then}`);
  await live(page);
  await past(page).getByRole("link", { name: "Zoom out" }).click();
  await expect.poll(() => asked.length).toBe(1);
  expect(Date.parse(asked[0].queries[0].to)).toBeGreaterThan(Date.now() - 60_000);
});

test("a line is shown alone by a link, on every page with charts", async ({ page, world }) => {
  const { worker } = await examples(world);
  for (const address of [`/workers/${encodeURIComponent(worker)}`, "/queues/gpu_priority", "/"]) {
    await page.goto(address);
    await live(page);
    const entries = past(page).locator(".strip.chart").filter({ has: page.locator(".dl:nth-child(2)") }).first().locator(".dl");
    await entries.first().click();
    await expect(page).toHaveURL(/\?only=[\w.]+/);
    await expect(entries.first()).toHaveAttribute("aria-current", "true");
    await expect(entries.nth(1)).toHaveClass(/dim/);
    await page.reload();
    await live(page);
    await expect(entries.first()).toHaveAttribute("aria-current", "true");
    await entries.first().click();
    await expect(page).not.toHaveURL(/only=/);
  }
});

test("other dates are chosen on the trends page, of the same metrics and time", async ({ page, world }) => {
  const { worker } = await examples(world);
  await page.goto(`/workers/${encodeURIComponent(worker)}?range=6h`);
  await live(page);
  await past(page).getByRole("link", { name: "Other dates" }).click();
  await expect(page).toHaveURL(/\/trends\?metric=worker\./);
  const { searchParams } = new URL(page.url());
  expect([searchParams.get("worker"), searchParams.get("range")]).toEqual([worker, "6h"]);
  await expect(page.getByRole("region", { name: /^Chart 2: / })).toBeVisible();
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a range and a line are chosen by links", async ({ page }) => {
    await page.goto("/");
    await range(page, "6 h").click();
    await expect(past(page).getByRole("heading", { level: 2 })).toHaveText("Last 6 hours");
    const depth = page.locator("figure", { hasText: "Queue depth" });
    await expect(depth.locator(".still path.ln")).toHaveCount(3);
    await depth.locator(".dl", { hasText: "cpu" }).click();
    await expect(page).toHaveURL(/range=6h&only=system\.cpu_queue_size/);
    await expect(depth.locator(".still path.ln")).toHaveCount(1);
  });
});

test.describe("with a finger", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  /** The finger's way over the first strip: shares of its plot, and what it waits before it moves. */
  async function stroke(page, context, shares, wait) {
    const strip = past(page).locator(".strip.chart").first();
    await strip.scrollIntoViewIfNeeded();
    const area = await strip.locator(".area").boundingBox();
    const points = shares.map((share) => ({ x: area.x + area.width * share, y: area.y + area.height / 2 }));
    const input = await context.newCDPSession(page);
    const send = (type, touchPoints) => input.send("Input.dispatchTouchEvent", { type, touchPoints });
    await send("touchStart", [points[0]]);
    await page.waitForTimeout(wait);
    for (const point of points.slice(1)) await send("touchMove", [point]);
    await send("touchEnd", []);
    await input.detach();
  }

  test("a tap shows the values, a held finger zooms, and a double tap returns", async ({ page, context, complaints }) => {
    await page.goto("/");
    await live(page);
    await stroke(page, context, [0.5], 30);
    const cursor = past(page).locator(".cursor").first();
    await expect(cursor).toBeVisible();
    await expect(cursor.locator(".cur-v")).toContainText(/\d\d:\d\d:\d\d/);
    await page.waitForTimeout(500);
    await stroke(page, context, [0.3, 0.4, 0.6, 0.8], 30);
    await expect(page).not.toHaveURL(/zoom=/);
    await stroke(page, context, [0.3, 0.4, 0.6, 0.8], 500);
    await expect(page).toHaveURL(/zoom=/);
    await stroke(page, context, [0.5], 30);
    await stroke(page, context, [0.5], 30);
    await expect(page).not.toHaveURL(/zoom=/);
    expect(complaints).toEqual([]);
  });
});
