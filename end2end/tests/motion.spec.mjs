// Who wants nothing to move sees nothing move.

import { expect, live, pages, test } from "../harness/world.mjs";
import { examples } from "../harness/examples.mjs";

/** Opens a page and does what makes things move; answers with what moved, or still does. */
async function rouse(page, world, name) {
  await page.addInitScript(() => {
    window.moved = [];
    const note = ({ propertyName, animationName, target }) => window.moved.push(`${propertyName ?? animationName} of ${target.outerHTML.slice(0, 80)}`);
    for (const type of ["transitionrun", "animationstart"]) addEventListener(type, note, true);
  });
  await page.goto(pages[name](await examples(world)));
  await live(page);
  for (const fold of await page.locator("main .fold > summary:visible").all()) await fold.click();
  await page.getByRole("main").getByRole("button").locator("visible=true").first().hover();
  await page.waitForTimeout(300);
  return page.evaluate(() => {
    const told = ({ animationName, transitionProperty, effect }) => `${animationName ?? transitionProperty} of ${effect.target.outerHTML.slice(0, 80)}`;
    return [...window.moved, ...document.getAnimations().map(told)];
  });
}

test("things move a little", async ({ page, world }) => {
  expect(await rouse(page, world, "overview")).not.toEqual([]);
});

test.describe("with reduced motion", () => {
  test.use({ contextOptions: { reducedMotion: "reduce" } });

  for (const name of ["overview", "tasks", "worker", "trends"]) {
    test(`nothing moves: ${name}`, async ({ page, world }) => {
      expect(await rouse(page, world, name)).toEqual([]);
    });
  }
});
