// Every page, wide and narrow and between, dark and light: it loads without a word in the console and without an accessibility fault.

import { expect, expectAccessible, expectToFit, live, pages, test } from "../harness/world.mjs";
import { examples } from "../harness/examples.mjs";

for (const [colorScheme, widths] of [["dark", [1440, 390]], ["light", [1440, 768, 390]]]) {
  for (const width of widths) {
    test.describe(`${colorScheme}, ${width} px wide`, () => {
      test.use({ colorScheme, viewport: { width, height: 900 } });

      for (const [name, address] of Object.entries(pages)) {
        test(`${name} loads quietly and is accessible`, async ({ page, world, complaints }) => {
          await page.goto(address(await examples(world)));
          await live(page);
          await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
          await expectAccessible(page);
          await expectToFit(page);
          expect(complaints).toEqual([]);
        });
      }
    });
  }
}
