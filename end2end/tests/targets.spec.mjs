// A phone: whatever is pressed is 24 by 24 pixels at least, all of it.

import { expect, live, pages, test } from "../harness/world.mjs";
import { examples } from "../harness/examples.mjs";

test.use({ viewport: { width: 390, height: 844 } });

const least = 24;

/** What can be pressed and is smaller, with its size. What has a label is pressed by that. */
const small = (page) =>
  page.locator("a[href], button, input:not([type=hidden]), select, textarea, summary").evaluateAll(
    (all, least) =>
      all
        .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.matches(".skip, .vh"))
        .map((one) => one.closest("label") ?? one)
        .map((one) => ({ one, box: one.getBoundingClientRect() }))
        .filter(({ box }) => Math.min(box.width, box.height) < least - 0.5)
        .map(({ one, box }) => `${Math.round(box.width)} × ${Math.round(box.height)}: ${one.outerHTML.slice(0, 160)}`),
    least,
  );

const more = {
  "an empty list": () => "/tasks?q=nothing+like+it",
  "groups of queues": () => "/tasks?by=queue",
  "a chart of many lines": () => "/trends?metric=gpu.utilization&by=worker&range=15min",
};

for (const [name, address] of Object.entries({ ...pages, ...more })) {
  test(`everything is large enough for a finger: ${name}`, async ({ page, world }) => {
    await page.goto(address(await examples(world)));
    await live(page);
    expect(await small(page)).toEqual([]);
  });
}
