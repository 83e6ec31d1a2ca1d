// With the Tab key through a page: where one is can be seen, and no bar lies over it.

import { expect, live, pages, test } from "../harness/world.mjs";
import { examples } from "../harness/examples.mjs";

/** What has the focus now, and what is wrong with how it is shown; nothing behind the last of the page. */
const look = (page) =>
  page.evaluate(() => {
    const here = document.activeElement;
    if (here === document.body) return null;
    const box = here.getBoundingClientRect();
    const { outlineStyle, outlineOffset, outlineWidth } = getComputedStyle(here);
    const faults = [];
    // Around itself, or around the whole of the field that it stands in. A picker within a field has the browser's own.
    const ringed = (one) => one && getComputedStyle(one).outlineStyle !== "none";
    if (!ringed(here) && !ringed(here.closest(".filter, .seg label")) && here.matches(":focus-visible")) faults.push("no ring");
    const reach = outlineStyle === "none" ? 0 : parseFloat(outlineOffset) + parseFloat(outlineWidth);
    const clip = here.closest(".seg")?.getBoundingClientRect();
    if (reach > 0 && box.height > 1 && clip && box.top - reach < clip.top) faults.push("a ring that is cut off");
    // What is higher than the screen shows a part of itself.
    const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
    const owns = (found) => found && (here.contains(found) || found.contains(here) || found.closest("label")?.contains(here));
    const seen = [0.1, 0.5, 0.9].map((part) => owns(document.elementFromPoint(box.left + box.width / 2, top + (bottom - top) * part)));
    if (box.height < innerHeight / 2 ? seen.includes(false) || seen.includes(null) : !seen.includes(true)) faults.push("covered");
    return { faults, html: here.outerHTML.slice(0, 160) };
  });

/** Presses the key until the focus leaves the page; answers with what was passed. */
async function walk(page, key) {
  const passed = [];
  for (let presses = 0; presses < 90; presses++) {
    await page.keyboard.press(key);
    const here = await look(page);
    if (here === null) break;
    passed.push(here);
  }
  return passed;
}

const faulty = (passed) => passed.filter(({ faults }) => faults.length > 0).map(({ faults, html }) => `${faults.join(", ")}: ${html}`);

async function open(page, world, name) {
  await page.goto(pages[name](await examples(world)));
  await live(page);
}

for (const name of ["overview", "workers", "alert", "trends"]) {
  test(`the focus is seen all the way through ${name}`, async ({ page, world }) => {
    await open(page, world, name);
    const passed = await walk(page, "Tab");
    expect(passed.length).toBeGreaterThan(20);
    expect(faulty(passed)).toEqual([]);
  });
}

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  for (const name of ["overview", "alerts", "alert", "trends"]) {
    test(`the focus is seen all the way through ${name} and back`, async ({ page, world }) => {
      await open(page, world, name);
      expect(faulty(await walk(page, "Tab"))).toEqual([]);
      await page.getByRole("main").getByRole("link").last().focus();
      const passed = await walk(page, "Shift+Tab");
      expect(passed.length).toBeGreaterThan(10);
      expect(faulty(passed)).toEqual([]);
    });
  }
});

test("the focus stays in the list of tasks while others come", async ({ page, world }) => {
  await open(page, world, "tasks");
  const rows = page.getByRole("region", { name: "Task table" });
  await rows.focus();
  for (let presses = 1; presses <= 12; presses++) {
    await page.keyboard.press("Tab");
    // As long as a reader needs for a row, and as the list needs to ask for others.
    await page.waitForTimeout(300);
    expect(await rows.locator(":focus").count(), `what has the focus after ${presses} presses`).toBe(1);
  }
});
