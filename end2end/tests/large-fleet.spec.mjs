// A fleet of hundreds of hosts: the map of its GPUs on a canvas, and the table of workers of which only what is in view is
// in the page. A server of its own, which takes the fleet in one piece.

import { expect, expectAccessible, expectToFit, listen, live, test as base } from "../harness/world.mjs";
import { Forewatch } from "../harness/forewatch.mjs";
import { eventually } from "../harness/process.mjs";

const workers = 120;

const test = base.extend({
  fleet: [
    async ({}, use) => {
      const server = await Forewatch.start();
      const fleet = server.simulate(["--workers", workers, "--gpus", 8, "--tasks-per-second", 1, "--seed", 5, "--interval", "5s"]);
      // A worker is online once it is registered; its GPUs come with its first heartbeat.
      const report = ({ gpu_usage }) => typeof gpu_usage === "number";
      const reporting = async () => (await server.api("/workers?limit=200")).items.filter(report).length;
      await eventually("the GPUs of the fleet report", async () => (await reporting()) >= workers, { within: 120_000 });
      await use(server);
      await fleet.stop();
      await server.stop();
    },
    { scope: "worker", timeout: 180_000 },
  ],
  baseURL: async ({ fleet }, use) => use(fleet.url),
});

/** Shares of the canvas's pixels that have anything on them. */
const inked = (page) =>
  page.locator(".fleet-map canvas").evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let n = 3; n < data.length; n += 4) count += data[n] > 0 ? 1 : 0;
    return count / (data.length / 4);
  });

for (const width of [1440, 390]) {
  test(`the map of 960 GPUs is drawn, named under the pointer and leads to the worker, ${width} px wide`, async ({ page }) => {
    const complaints = [];
    listen(page, complaints);
    await page.setViewportSize({ width, height: 900 });
    await page.goto("/");
    await live(page);
    const map = page.locator(".fleet-map");
    await expect.poll(() => inked(page)).toBeGreaterThan(0.5);
    await expect(page.getByText(`${workers * 8} devices`)).toBeVisible();
    expect(await page.locator(".cell").count(), "elements a device").toBe(0);
    await expectAccessible(page);
    await expectToFit(page);
    await map.locator("canvas").scrollIntoViewIfNeeded();
    await map.hover({ position: { x: 40, y: 60 } });
    const words = map.locator(".fleet-words");
    await expect(words).toHaveText(/, GPU \d: [\d.]+ %, memory [\d.]+ %, [\d.]+ °C/);
    const [name] = (await words.textContent()).split(",");
    await expectToFit(page);
    await page.mouse.down();
    await page.mouse.up();
    await expect(page.getByRole("heading", { level: 1 })).toContainText(name);
    expect(complaints).toEqual([]);
  });
}

test("the map is walked with the keyboard, which says where it is", async ({ page }) => {
  await page.goto("/");
  await live(page);
  const map = page.getByRole("group", { name: /^GPUs by host/ });
  await expect.poll(() => inked(page)).toBeGreaterThan(0.5);
  await map.focus();
  const said = page.locator(".fleet-map + [role=status]");
  await page.keyboard.press("ArrowRight");
  await expect(said).toContainText("GPU 0:");
  const first = (await said.textContent()).split(",")[0];
  await page.keyboard.press("ArrowDown");
  await expect(said).toContainText(`${first}, GPU 1:`);
  await page.keyboard.press("ArrowRight");
  await expect(said).not.toContainText(first);
  const second = (await said.textContent()).split(",")[0];
  await page.keyboard.press("Escape");
  await expect(map.locator(".fleet-words")).toBeHidden();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toContainText(second);
});

test("the hosts of the map stand in a table for those who cannot see it", async ({ page }) => {
  await page.goto("/");
  await live(page);
  await page.getByText("These hosts as a table").click();
  const table = page.getByRole("region", { name: "Hosts and their GPUs" });
  await expect(table.getByRole("row")).toHaveCount(workers + 1);
  await expect(table.getByRole("row").nth(1)).toContainText(/8\s*[\d.]+ %/);
});

test("of a long table only what is in view is in the page, and each row says which it is", async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 700 });
  await page.goto("/workers?group=none");
  await live(page);
  const table = page.locator("table.roster");
  await expect(table).toHaveAttribute("aria-rowcount", String(workers + 1));
  const rows = table.locator("tbody tr:not(.filler)");
  await expect.poll(() => rows.count()).toBeLessThan(60);
  await page.evaluate(() => (document.querySelector("table.roster tbody tr:not(.filler)").marked = true));
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  const last = table.locator(`tr[aria-rowindex="${workers + 1}"]`);
  await expect(last).toBeVisible();
  const numbers = () => rows.evaluateAll((found) => found.map((row) => Number(row.getAttribute("aria-rowindex"))));
  const lastOf = (count) => Array.from({ length: count }, (_, n) => workers + 2 - count + n);
  // Rows are put in order once nothing scrolls.
  await expect.poll(async () => (await numbers()).join()).toBe(lastOf(await rows.count()).join());
  const names = await rows.locator("th a").allTextContents();
  expect(new Set(names).size, "each worker once").toBe(names.length);
  expect(names).toEqual([...names].sort());
  expect(await rows.evaluateAll((found) => found.some((row) => row.marked)), "rows are used again").toBe(true);
  await last.locator("th a").click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(names.at(-1));
});

test("while it is scrolled rows are seen in their order without a gap, and a key finds them lying in it", async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 700 });
  await page.goto("/workers?group=none");
  await live(page);
  const rows = page.locator("table.roster tbody tr:not(.filler)");
  const seen = () =>
    rows.evaluateAll((found) => {
      const placed = found.map((row) => ({ row, ...row.getBoundingClientRect().toJSON() })).sort((a, b) => a.top - b.top);
      return {
        lying: found.map((row) => Number(row.getAttribute("aria-rowindex"))),
        order: placed.map(({ row }) => Number(row.getAttribute("aria-rowindex"))),
        gaps: placed.slice(1).filter(({ top }, n) => Math.abs(top - placed[n].bottom) > 0.5).length,
        covers: placed[0].top <= 0 && placed.at(-1).bottom >= innerHeight,
      };
    });
  const sorted = (numbers) => numbers.toSorted((a, b) => a - b);
  // Nothing rests for as long as this scrolls, however slow the machine: each step comes with a frame.
  await page.evaluate(() => {
    const step = () => ((window.scrolling = requestAnimationFrame(step)), scrollBy(0, scrollY < 900 ? 50 : scrollY % 2 ? 1 : -1));
    step();
  });
  await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(850);
  await expect.poll(async () => (await seen()).covers).toBe(true);
  const { lying, order, gaps } = await seen();
  expect(gaps).toBe(0);
  expect(order).toEqual(sorted(lying));
  expect(lying, "they are shifted only").not.toEqual(order);
  await page.evaluate(() => cancelAnimationFrame(window.scrolling));
  await page.keyboard.press("Shift");
  const still = await seen();
  expect(still.lying).toEqual(sorted(still.lying));
  expect(still.gaps).toBe(0);
});

test("rows are walked with j and k, beyond what is in view, and a row that scrolls away lets go of the focus", async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 700 });
  await page.goto("/workers?group=none");
  await live(page);
  const focused = () => page.evaluate(() => Number(document.activeElement.closest("tr")?.getAttribute("aria-rowindex") ?? 0));
  await page.keyboard.press("j");
  await expect.poll(focused).toBe(2);
  for (let row = 3; row <= 60; row++) {
    await page.keyboard.press(row % 2 ? "j" : "ArrowDown");
    await expect.poll(focused).toBe(row);
  }
  await page.keyboard.press("k");
  await expect.poll(focused).toBe(59);
  await page.evaluate(() => scrollTo(0, 0));
  await expect.poll(focused).toBe(0);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/workers\?group=none$/);
});

for (const group of ["none", "tag"]) test(`on a phone the whole list is gone through, and stays where one is, by ${group}`, async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`/workers?group=${group}`);
  await live(page);
  const seen = () =>
    page.locator("table.roster tbody tr:not(.filler)").evaluateAll((rows) => {
      const on = rows.filter((row) => row.getBoundingClientRect().top < innerHeight && row.getBoundingClientRect().bottom > 0);
      return on.map((row) => Number(row.getAttribute("aria-rowindex")));
    });
  const height = () => page.evaluate(() => document.documentElement.scrollHeight);
  await expect.poll(height).toBeGreaterThan(10_000);
  for (const part of [0.25, 0.5, 0.75]) {
    const to = Math.round((await height()) * part);
    await page.evaluate((to) => scrollTo(0, to), to);
    await expect.poll(async () => (await seen()).length, `rows on the screen at ${part}`).toBeGreaterThan(1);
    const rows = await seen();
    expect(Math.abs(rows[0] / workers - part), `row ${rows[0]} at ${part}`).toBeLessThan(0.1);
    // What is seen stays, whatever the browser finds the height of the rows above to be.
    await page.waitForTimeout(700);
    expect(Math.abs((await seen())[0] - rows[0]), `row ${rows[0]} stays where it is`).toBeLessThanOrEqual(1);
  }
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  const last = await page.locator("table.roster").getAttribute("aria-rowcount");
  await expect(page.locator(`tr[aria-rowindex="${last}"]`)).toBeInViewport();
});

test("the way back leads to where one was in the list", async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 700 });
  await page.goto("/workers?group=none");
  await live(page);
  await expect.poll(() => page.evaluate(() => document.body.scrollHeight)).toBeGreaterThan(3_500);
  await page.evaluate(() => scrollTo(0, 2_000));
  const row = page.locator('tr[aria-rowindex="60"] th a');
  // Rows come to lie in order, and it stays there.
  await expect.poll(() => page.locator('tr[style*="translate"]').count()).toBe(0);
  expect(await page.evaluate(() => scrollY)).toBe(2_000);
  await row.click();
  await expect(page.getByRole("heading", { level: 1 })).not.toHaveText("Workers");
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Workers");
  await expect.poll(() => page.evaluate(() => scrollY)).toBe(2_000);
  await expect(row).toBeInViewport();
  await expect.poll(() => page.locator('tr[style*="translate"]').count()).toBe(0);
  await page.goForward();
  await expect(page.getByRole("heading", { level: 1 })).not.toHaveText("Workers");
  await expect.poll(() => page.evaluate(() => scrollY)).toBe(0);
});

test.describe("without a script", () => {
  test.use({ javaScriptEnabled: false });

  test("a long table begins with its first rows and leads to the others", async ({ page }) => {
    await page.goto("/workers?group=none");
    await expect(page.locator("table.roster tbody tr")).toHaveCount(50);
    await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "3" }).click();
    await expect(page.locator("table.roster tbody tr")).toHaveCount(workers - 100);
    await expect(page.getByRole("main")).toContainText(`Rows 101 to ${workers} of ${workers}.`);
  });
});
