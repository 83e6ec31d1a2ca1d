// The page for those who work on the dashboard: every token, and the real components in their states.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../harness/forewatch.mjs";
import { expect, expectToFit, test } from "../harness/world.mjs";

for (const width of [1440, 390]) {
  test.describe(`${width} px wide`, () => {
    test.use({ viewport: { width, height: 900 } });

    test("it shows every colour in both themes, and the components, quietly", async ({ page, complaints }) => {
      await page.goto("/design");
      await expect(page.getByRole("heading", { level: 1, name: "Design" })).toBeVisible();
      const sheet = readFileSync(join(root, "style/tokens.css"), "utf8");
      const names = [...sheet.matchAll(/--([\w-]+): light-dark\(#/g)].map(([, name]) => name);
      expect(names.length).toBeGreaterThan(40);
      for (const theme of ["light", "dark"]) {
        await expect(page.locator(`.swatches.in-${theme} .swatch`)).toHaveText(names);
      }
      const shown = (theme, name) => page.locator(`.swatches.in-${theme} .of-${name}`).evaluate((e) => getComputedStyle(e).backgroundColor);
      expect(await shown("light", "canvas")).toBe("rgb(246, 247, 248)");
      expect(await shown("dark", "canvas")).toBe("rgb(14, 16, 19)");
      for (const theme of ["Light", "Dark"]) {
        const region = page.getByRole("region", { name: `Components, ${theme.toLowerCase()}` });
        for (const name of ["Buttons", "Severity", "Alerts", "Messages", "Tiles", "Queues", "Tasks", "Tree", "Heat map", "Empty", "Failed"]) {
          await expect(region.getByRole("heading", { level: 3, name, exact: true })).toBeVisible();
        }
        await expect(region).toContainText("Reconnecting since");
        await expect(region).toContainText("nobody");
      }
      await expectToFit(page);
      expect(complaints).toEqual([]);
    });
  });
}
