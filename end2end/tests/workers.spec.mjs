// The list of workers: its columns fit, and the address says which groups are closed.

import { expect, expectAccessible, live, test } from "../harness/world.mjs";

const table = (page) => page.getByRole("region", { name: "Worker table" });
/** What does not fit into its cell; of many tags the first one is enough. */
const cut = (page) =>
  table(page).evaluate((box) => {
    const cells = [...box.querySelectorAll("tr:not(.grp, .filler) > :not(td.c-tags)")];
    return [...cells, box].filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.textContent.slice(0, 80));
  });
const headings = (page) => table(page).getByRole("columnheader");
const head = (page) => table(page).locator(".grp-b").first();

test("the columns fit, and none is cut", async ({ page, complaints }) => {
  for (const width of [660, 768, 900, 1024, 1180, 1280, 1366, 1440, 1700]) {
    await page.setViewportSize({ width, height: 800 });
    await page.goto("/workers");
    await live(page);
    expect(await cut(page), `at ${width}`).toEqual([]);
    await expect(headings(page).filter({ hasText: "VRAM" }), `at ${width}`).toBeVisible();
    if (width >= 1024) await expect(headings(page).filter({ hasText: "Capability" }), `at ${width}`).toBeVisible();
  }
  await expect(headings(page).filter({ hasText: "Version" })).toBeVisible();
  expect(complaints).toEqual([]);
});

test("the heads of the columns stay in sight", async ({ page, complaints }) => {
  for (const width of [700, 1440]) {
    await page.setViewportSize({ width, height: 260 });
    await page.goto("/workers?group=source");
    await live(page);
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    const heading = headings(page).filter({ hasText: "Heard from" });
    await expect(heading, `at ${width}`).toBeInViewport({ ratio: 1 });
    const isOnTop = (box) => {
      const { left, top, width, height } = box.getBoundingClientRect();
      return document.elementFromPoint(left + width / 2, top + height / 2) === box;
    };
    expect(await heading.evaluate(isOnTop), `nothing lies over it at ${width}`).toBe(true);
  }
  expect(complaints).toEqual([]);
});

test("a closed group is closed for whoever gets the address, and open again by the way back", async ({ page, complaints }) => {
  await page.goto("/workers?group=source");
  await live(page);
  const rows = table(page).getByRole("row");
  const before = await rows.count();
  await head(page).click();
  await expect(page).toHaveURL(/closed=/);
  await expect(head(page)).toHaveAttribute("aria-expanded", "false");
  await expect.poll(() => rows.count()).toBeLessThan(before);
  await expectAccessible(page);
  await page.reload();
  await live(page);
  await expect(head(page)).toHaveAttribute("aria-expanded", "false");
  expect(await rows.count()).toBeLessThan(before);
  await page.goto("/workers?group=source");
  await live(page);
  await head(page).click();
  await expect(page).toHaveURL(/closed=/);
  await page.goBack();
  await expect(head(page)).toHaveAttribute("aria-expanded", "true");
  await expect.poll(() => rows.count()).toBe(before);
  expect(complaints).toEqual([]);
});

test("workers are found by the queue that they take from", async ({ page, world, complaints }) => {
  await page.goto("/workers?q=queue:gpu_priority&group=none");
  await live(page);
  const { items } = await world.server.api("/workers?limit=200");
  const serving = items.filter(({ queues = [] }) => queues.includes("gpu_priority")).map(({ name }) => name);
  expect(serving.length).toBeGreaterThan(0);
  expect(serving.length).toBeLessThan(items.length);
  await expect(table(page).getByRole("rowheader")).toHaveCount(serving.length);
  for (const name of serving) await expect(table(page).getByRole("rowheader").filter({ hasText: name })).toHaveCount(1);
  expect(complaints).toEqual([]);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a group is closed and opened by its link", async ({ page }) => {
    await page.goto("/workers?group=source");
    const rows = table(page).getByRole("row");
    const before = await rows.count();
    await head(page).click();
    await expect(head(page)).toHaveAttribute("aria-expanded", "false");
    expect(await rows.count()).toBeLessThan(before);
    await head(page).click();
    await expect(head(page)).toHaveAttribute("aria-expanded", "true");
    expect(await rows.count()).toBe(before);
  });
});
