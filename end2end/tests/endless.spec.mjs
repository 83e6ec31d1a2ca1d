// The list of tasks has no end: older pages are appended as their reader comes to it, and those that are far out of sight
// are emptied and hold their place. A server of its own, whose tasks stand still.

import { eventually, expect, expectAccessible, expectToFit, live, tell, test as base } from "../harness/world.mjs";
import { Forewatch } from "../harness/forewatch.mjs";

const count = 620;
const pageRows = 50;
/** The first page, and those that reach into five screens. */
const mostRows = 300;

/** A task a second, the oldest first; every third failed, with so many words that its card on a phone is higher. */
function tasks() {
  const now = Date.now();
  const at = (n) => new Date(now - (count - n) * 1_000).toISOString();
  const events = Array.from({ length: count }, (_, n) => {
    const task = { task_id: `endless-${n}`, at: at(n) };
    const failed = { ...task, type: "task.failed", error_message: "the picture is larger than the memory has room for ".repeat(3) };
    return [{ ...task, type: "task.submitted", content_type: "image", name: "resize" }, ...(n % 3 === 0 ? [failed] : [])];
  });
  return events.flat();
}

/** All that the server lists, in its order. */
async function listed(server) {
  const ids = [];
  for (let cursor = ""; cursor !== null; ) {
    const page = await server.api(`/tasks?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    ids.push(...page.items.map(({ task_id }) => task_id));
    cursor = page.next_cursor;
  }
  return ids;
}

const test = base.extend({
  server: [
    async ({}, use) => {
      const server = await Forewatch.start();
      const answer = await server.api("/events", tasks());
      expect(answer.rejected).toEqual([]);
      await eventually("all are recorded", async () => (await server.api("/tasks?limit=1")).total === count);
      await use(server);
      await server.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  baseURL: async ({ server }, use) => use(server.url),
});

test.use({ viewport: { width: 1280, height: 700 } });

const table = (page) => page.getByRole("region", { name: "Task table" });
const rows = (page) => table(page).locator("tbody tr:not(.filler)");
const older = (page) => table(page).locator("tbody.older");
const row = (page, id) => table(page).locator(`a[href$="/${id}"]`);
const button = (page, name) => page.getByRole("button", { name });
const link = (page) => page.getByRole("link", { name: "Older" });
const ids = (page) => rows(page).locator("th a").evaluateAll((links) => links.map((one) => one.href.split("/").at(-1)));
const heights = (page) => older(page).evaluateAll((bodies) => bodies.map((body) => body.getBoundingClientRect().height));

async function open(page, address = "/tasks") {
  await page.goto(address);
  await live(page);
}

const toEnd = (page) => page.evaluate(() => scrollTo(0, document.body.scrollHeight));

/** Scrolls to the end until it is reached, and there what is given holds. Answers with what was seen on the way, in order. */
async function readOn(page, until) {
  const seen = new Set();
  const look = async () => (await ids(page)).forEach((id) => seen.add(id));
  await expect(async () => {
    await toEnd(page);
    await look();
    await until();
  }).toPass({ intervals: [50], timeout: 40_000 });
  // The last may have come since.
  await look();
  return [...seen];
}

const pages = (page, number) => readOn(page, async () => expect(await older(page).count()).toBeGreaterThanOrEqual(number));

test("the list goes on to the oldest task, each once, and the page stays small", async ({ page, server, complaints }) => {
  const all = await listed(server);
  await open(page);
  await expect(rows(page)).toHaveCount(pageRows);
  const most = [];
  const seen = await readOn(page, async () => {
    most.push(await rows(page).count());
    const shown = await ids(page);
    expect(new Set(shown).size, "each row once").toBe(shown.length);
    await expect(row(page, all.at(-1))).toBeVisible({ timeout: 1 });
  });
  expect(seen).toEqual(all);
  expect(Math.max(...most)).toBeLessThan(mostRows);
  await expect(older(page)).toHaveCount(Math.ceil(count / pageRows) - 1);
  await expect(link(page), "there is nothing older").toHaveCount(0);
  await expect(page.getByText(`${count} tasks`, { exact: true })).toBeVisible();
  await expect.poll(() => older(page).locator(".filler").count(), "pages that are empty").toBeGreaterThan(6);
  // What is empty is as high as what is not.
  const whole = (await heights(page)).slice(0, -1);
  expect(Math.max(...whole) - Math.min(...whole)).toBeLessThan(4);
  await expectAccessible(page, ".tasks");

  // On the way back what was empty is filled, and the beginning is as it was.
  const middle = older(page).nth(4);
  await middle.scrollIntoViewIfNeeded();
  await expect(middle.locator("tr:not(.filler)")).toHaveCount(pageRows);
  await expect(row(page, all[pageRows * 5])).toHaveCount(1);
  await page.evaluate(() => scrollTo(0, 0));
  await expect(row(page, all[0])).toBeInViewport();
  await row(page, all[pageRows - 1]).scrollIntoViewIfNeeded();
  await expect(older(page).first().locator("tr:not(.filler)")).toHaveCount(pageRows);
  await expect(older(page).last().locator(".filler")).toHaveCount(1);
  expect(await rows(page).count()).toBeLessThan(mostRows);
  expect(complaints).toEqual([]);
});

test("at the beginning nothing is loaded, however high the screen is", async ({ page, complaints }) => {
  await page.setViewportSize({ width: 1280, height: 1300 });
  await open(page);
  await expect(link(page)).toBeAttached();
  await expect(button(page, "Pause")).toBeVisible();
  await page.evaluate(() => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen))));
  await expect(older(page)).toHaveCount(0);
  await pages(page, 2);
  await expect(button(page, "Follow")).toBeAttached();
  expect(complaints).toEqual([]);
});

test("what has the focus stays while its page is far away, and goes when the focus does", async ({ page }) => {
  await open(page);
  await pages(page, 2);
  const focused = older(page).first();
  await focused.scrollIntoViewIfNeeded();
  const task = focused.locator("th a").first();
  await task.focus();
  await pages(page, 6);
  await expect(older(page).nth(1).locator(".filler"), "others are empty").toHaveCount(1);
  await expect(task).toBeFocused();
  await expect(focused.locator("tr:not(.filler)")).toHaveCount(pageRows);
  await task.evaluate((one) => one.blur());
  await expect(focused.locator(".filler")).toHaveCount(1);
});

test("whom the keyboard led to the foot of the list can press what stands there", async ({ page, server }) => {
  const all = await listed(server);
  await open(page);
  await page.keyboard.press("Tab");
  await link(page).focus();
  await expect(link(page)).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/cursor=/);
  await expect.poll(() => ids(page)).toEqual(all.slice(pageRows, 2 * pageRows));
  // A list that begins there has no end either.
  await readOn(page, async () => expect(await ids(page)).toContain(all[3 * pageRows - 1]));
});

test("what does not load is said, and asked for again by whoever wants it", async ({ page }) => {
  let asked = 0;
  await page.route("**/api/ui/tasks", (route) => {
    if (!route.request().postData()?.includes("cursor=")) return route.fallback();
    asked += 1;
    return route.abort();
  });
  await open(page);
  const line = page.getByRole("status").filter({ hasText: "The next tasks did not load" });
  await readOn(page, () => expect(line).toBeVisible({ timeout: 1 }));
  // Nobody asks by scrolling there again.
  for (let times = 0; times < 3; times++) {
    await page.evaluate(() => scrollTo(0, 0));
    await expect(page.getByRole("heading", { name: "Newest first" })).toBeInViewport();
    await toEnd(page);
    await expect(line).toBeInViewport();
  }
  expect(asked).toBe(1);
  await expect(link(page), "the link is still there").toBeVisible();
  await expectAccessible(page, ".foot-row");
  await button(page, "Try again").click();
  await expect.poll(() => asked).toBe(2);
  await expect(line).toBeVisible();
  await page.unroute("**/api/ui/tasks");
  await button(page, "Try again").click();
  await expect(older(page).first().locator("tr:not(.filler)")).toHaveCount(pageRows);
  await expect(line).toHaveCount(0);
  await expect(button(page, "Try again")).toHaveCount(0);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("cards of different heights hold their place", async ({ page, complaints }) => {
    await open(page);
    await pages(page, 2);
    const first = older(page).first();
    const [before] = await heights(page);
    await pages(page, 4);
    await expect(first.locator(".filler")).toHaveCount(1);
    expect((await heights(page))[0]).toBeCloseTo(before, 0);
    await expectToFit(page);
    await first.scrollIntoViewIfNeeded();
    await expect(first.locator("tr:not(.filler)")).toHaveCount(pageRows);
    expect((await heights(page))[0]).toBeCloseTo(before, 0);
    expect(complaints).toEqual([]);
  });
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a link leads from page to page, and back to the newest", async ({ page, server }) => {
    const all = await listed(server);
    await page.goto("/tasks?q=name:resize");
    await expect.poll(() => ids(page)).toEqual(all.slice(0, pageRows));
    for (const number of [1, 2]) {
      await link(page).click();
      await expect(page).toHaveURL(/q=name.*cursor=/);
      await expect.poll(() => ids(page)).toEqual(all.slice(number * pageRows, (number + 1) * pageRows));
    }
    await page.getByRole("link", { name: "Newest", exact: true }).click();
    await expect.poll(() => ids(page)).toEqual(all.slice(0, pageRows));
  });
});

// The last one: it tells of tasks that the others do not expect.
test("what comes meanwhile is counted, and one press leads back to the newest", async ({ page, server, complaints }) => {
  const submitted = (task_id) => ({ type: "task.submitted", task_id, content_type: "image", name: "late" });
  await open(page);
  await pages(page, 3);
  await tell({ server }, submitted("late-1"), submitted("late-2"));
  await expect(button(page, "Show 2 new")).toBeAttached();
  await eventually("they are recorded", async () => (await server.api("/tasks?limit=1")).total === count + 2);
  await expect(row(page, "late-1")).toHaveCount(0);
  await expect(older(page).first()).toBeAttached();
  // Pressed where the list is read: the top is out of sight.
  await toEnd(page);
  await button(page, "Show 2 new").evaluate((one) => one.click());
  await expect(row(page, "late-1")).toBeInViewport();
  await expect(row(page, "late-2")).toBeInViewport();
  await expect(older(page)).toHaveCount(0);
  await expect(rows(page)).toHaveCount(pageRows);
  // From here the list follows again.
  await expect(button(page, "Pause")).toBeVisible();
  let number = 3;
  await expect(async () => {
    await tell({ server }, submitted(`late-${number++}`));
    await expect(row(page, "late-3")).toBeVisible({ timeout: 2_000 });
  }).toPass();
  expect(complaints).toEqual([]);
});

test("the menu of columns closes at Escape and at a press beside it", async ({ page, complaints }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/tasks");
  await live(page);
  const button = page.locator("summary", { hasText: "Columns" });
  const menu = page.getByRole("form", { name: "Columns" });
  await button.click();
  await expect(menu).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(menu).toBeHidden();
  await expect(button).toBeFocused();
  await button.click();
  await menu.getByRole("checkbox", { name: "Priority" }).check();
  await expect(menu, "a press in it is none beside it").toBeVisible();
  await page.mouse.click(195, 30);
  await expect(menu).toBeHidden();
  expect(complaints).toEqual([]);
});
