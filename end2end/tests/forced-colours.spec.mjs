// The reader's own colours for everything ("high contrast"): what a colour says is still said, what is chosen is still seen.

import { expect, live, pages, test } from "../harness/world.mjs";
import { examples } from "../harness/examples.mjs";

test.use({ colorScheme: "dark", contextOptions: { forcedColors: "active" } });

const style = (locator, name) => locator.first().evaluate((element, name) => getComputedStyle(element)[name], name);

/** What is drawn around it. */
const frameOf = async (locator) => ((await style(locator, "outlineStyle")) === "none" ? "none" : style(locator, "outlineColor"));

async function open(page, world, name) {
  await page.goto(pages[name](await examples(world)));
  await live(page);
}

test("where one is and what is chosen has a frame, and nothing else has", async ({ page, world }) => {
  const chosen = async (chosen, other) => {
    expect(await frameOf(chosen)).not.toBe("none");
    expect(await frameOf(other)).toBe("none");
  };
  await open(page, world, "tasks");
  const rail = page.getByRole("navigation", { name: "Main", exact: true });
  await chosen(rail.getByRole("link", { name: "Tasks" }), rail.getByRole("link", { name: "Trends" }));
  const kinds = page.getByRole("main");
  await chosen(kinds.getByRole("link", { name: "List" }), kinds.getByRole("link", { name: "By name" }));
  await open(page, world, "overview");
  await chosen(page.locator(".seg a[aria-current]"), page.locator(".seg a:not([aria-current])"));
  await open(page, world, "alert");
  await chosen(page.locator(".seg label:has(:checked)"), page.locator(".seg label:not(:has(:checked))"));
  await page.setViewportSize({ width: 390, height: 844 });
  const bar = page.getByRole("navigation", { name: "Main, short" });
  await chosen(bar.getByRole("link", { name: "Alerts" }), bar.getByRole("link", { name: "Tasks" }));
});

test("the focus is seen, also on what is chosen", async ({ page, world }) => {
  await open(page, world, "tasks");
  const chosen = page.getByRole("main").getByRole("link", { name: "List" });
  const before = await frameOf(chosen);
  await page.getByRole("button", { name: "Switch theme" }).focus();
  await page.keyboard.press("Tab");
  await expect(chosen).toBeFocused();
  expect(["none", before]).not.toContain(await frameOf(chosen));
});

test("a bar is told from its track, and a cell from the ground and from what is loaded otherwise", async ({ page, world }) => {
  await open(page, world, "workers");
  const ground = await style(page.locator("body"), "backgroundColor");
  const bar = [await style(page.locator(".tr rect"), "fill"), await style(page.locator(".tr"), "backgroundColor"), ground];
  expect(new Set(bar).size).toBe(3);
  await open(page, world, "overview");
  const steps = await page.locator(".steps i").evaluateAll((all) => all.map((one) => getComputedStyle(one).backgroundColor));
  expect(new Set([...steps, ground]).size).toBe(11);
  expect(steps).toContain(await style(page.locator(".host .cell"), "backgroundColor"));
  expect(await frameOf(page.locator(".host .cell"))).not.toBe("none");
});

test("the lines of a chart have colours, those that its labels show", async ({ page, world }) => {
  await open(page, world, "overview");
  const coloured = () =>
    page.locator("canvas:not(.axes)").evaluateAll((all) =>
      all.reduce((sum, canvas) => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        for (let n = 0; n < data.length; n += 4) {
          const [red, green, blue] = data.subarray(n, n + 3);
          sum += Math.max(red, green, blue) - Math.min(red, green, blue) > 60 ? 1 : 0;
        }
        return sum;
      }, 0),
    );
  await expect.poll(coloured, "pixels with a colour").toBeGreaterThan(50);
  const keys = await page.locator(".dl i").evaluateAll((all) => all.map((one) => getComputedStyle(one).backgroundColor));
  expect(new Set(keys).size).toBeGreaterThan(2);
});

test("a theme that was chosen for another ground changes nothing", async ({ page, context, world }) => {
  const seen = async () => {
    await open(page, world, "workers");
    return [await style(page.locator("body"), "backgroundColor"), await style(page.locator(".tr rect"), "fill")];
  };
  const before = await seen();
  await context.addCookies([{ name: "forewatch_theme", value: "light", url: world.server.url }]);
  expect(await seen()).toEqual(before);
});
