// Every page looks as it did: three widths, dark and light, half the size. The world stands still for it, and the letters
// are the same everywhere. After a change that is meant: `npx playwright test pictures --update-snapshots`, and look at them.

import { test as base, expect } from "@playwright/test";
import { launchOptions } from "../harness/browser.mjs";
import { lettersOnly } from "../harness/still/fonts.mjs";
import { buildStillWorld, now } from "../harness/still/world.mjs";
import { pages } from "../harness/world.mjs";

const test = base.extend({
  still: [
    async ({}, use) => {
      const still = await buildStillWorld();
      await use(still);
      await still.server.stop();
    },
    { scope: "worker", timeout: 180_000 },
  ],
  baseURL: async ({ still }, use) => use(still.server.url),
});
test.use({ launchOptions: { ...launchOptions, env: { ...process.env, ...lettersOnly() } }, deviceScaleFactor: 0.5, reducedMotion: "reduce" });

/** Two screens of a page at most. */
const longest = 1_800;

async function expectPicture(page, name, width) {
  const whole = await page.evaluate(() => document.documentElement.scrollHeight);
  await expect(page).toHaveScreenshot(`${name}.png`, {
    fullPage: true,
    clip: { x: 0, y: 0, width, height: Math.min(whole, longest) },
    scale: "device",
    // Where the store lies, and how many bytes it happens to take.
    mask: [page.getByRole("region", { name: "Store" })],
  });
}

for (const colorScheme of ["dark", "light"]) {
  for (const width of [1440, 768, 390]) {
    test.describe(`${colorScheme}, ${width} px wide`, () => {
      test.use({ colorScheme, viewport: { width, height: 900 } });

      for (const [name, address] of Object.entries({ ...pages, wall: () => "/?wall=overview" })) {
        test(`${name} looks as it did`, async ({ page, still }) => {
          await page.clock.setFixedTime(now);
          await page.goto(address(still));
          await expect(page.locator(".conn.live").first()).toBeAttached();
          await expectPicture(page, `${name}-${width}-${colorScheme}`, width);
        });
      }
    });
  }
}
