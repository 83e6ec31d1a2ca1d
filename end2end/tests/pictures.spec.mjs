// Every page looks as it did: in both themes, on a wide screen, a tablet and a phone, with data that stand still.
//
// Where a change is meant:  PICTURES=write npx playwright test pictures

import { mkdirSync, readFileSync, existsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, expect, test as base } from "@playwright/test";
import { launchOptions } from "../harness/browser.mjs";
import { SHARE, difference, scales, settle, shrunk } from "../harness/picture.mjs";
import { stillWorld } from "../harness/still.mjs";
import { pages as all } from "../harness/world.mjs";

const folder = join(dirname(fileURLToPath(import.meta.url)), "../pictures");
const writes = process.env.PICTURES === "write";
const pages = { ...all, wall: () => "/?wall", missing: () => "/missing" };

const test = base.extend({
  still: [async ({}, use) => {
    const still = await stillWorld();
    await use(still);
    await still.stop();
  }, { scope: "worker", timeout: 120_000 }],
  baseURL: async ({ still }, use) => use(still.server.url),
  /** A page that reads and draws pictures. */
  helper: [async ({ browser }, use) => {
    const helper = await browser.newPage();
    await use(helper);
    await helper.close();
  }, { scope: "worker" }],
});

/** Opens a page and lets time stand still. */
async function open(page, address) {
  await page.clock.install();
  await page.goto(address);
  await expect(page.locator(".conn.live:visible")).toBeVisible();
  await expect(page.locator("[aria-busy=true], .strips.wait")).toHaveCount(0);
  await page.clock.pauseAt(Date.now() + 2_000);
  await settle(page);
}

const take = async (page, helper, width) => shrunk(helper, await page.screenshot(), scales[width]);

for (const colorScheme of ["dark", "light"]) {
  for (const width of Object.keys(scales).map(Number)) {
    test.describe(`${colorScheme}, ${width} px wide`, () => {
      test.use({ colorScheme, viewport: { width, height: 900 }, bypassCSP: true, reducedMotion: "reduce" });

      for (const [name, address] of Object.entries(pages)) {
        test(`${name} looks as it did`, async ({ page, helper, still }) => {
          await open(page, address(still.things));
          const picture = await take(page, helper, width);
          const path = join(folder, `${name}-${width}-${colorScheme}.png`);
          if (writes) {
            mkdirSync(folder, { recursive: true });
            writeFileSync(path, picture);
            return;
          }
          expect(existsSync(path), `${path} is there: PICTURES=write makes it`).toBe(true);
          const off = await difference(helper, readFileSync(path), picture);
          expect(off, "share of the picture that looks otherwise").toBeLessThanOrEqual(SHARE);
        });
      }
    });
  }
}

test.describe("what the pictures tell", () => {
  test.use({ colorScheme: "light", viewport: { width: 1440, height: 900 }, bypassCSP: true, reducedMotion: "reduce" });
  test.skip(writes, "the pictures are being made");

  const reference = () => readFileSync(join(folder, "alerts-1440-light.png"));

  const changes = {
    "a panel that moved by half a line": ".panel { translate: 0 10px }",
    "a page that is narrower": "main { padding-inline: 40px }",
    "a line too much above": "main::before { content: ''; height: 20px }",
    "a column that is gone": ".tbl :is(td, th):nth-child(2) { display: none }",
    "letters of another size": "body { font-size: 15px }",
    "another ground": "body { background: #b8bcc0 }",
  };
  for (const [what, rule] of Object.entries(changes)) {
    test(`${what} is seen`, async ({ page, helper }) => {
      await open(page, "/alerts");
      await page.addStyleTag({ content: rule });
      expect(await difference(helper, reference(), await take(page, helper, 1440))).toBeGreaterThan(SHARE);
    });
  }

  for (const flags of [["--font-render-hinting=none"], ["--font-render-hinting=full", "--disable-lcd-text"], ["--disable-font-subpixel-positioning"]]) {
    test(`letters smoothed otherwise are not: ${flags.join(" ")}`, async ({ helper, still }) => {
      const browser = await chromium.launch({ ...launchOptions, args: [...launchOptions.args, ...flags] });
      const page = await browser.newPage({ colorScheme: "light", viewport: { width: 1440, height: 900 }, bypassCSP: true, reducedMotion: "reduce", timezoneId: "UTC", locale: "en-GB" });
      await open(page, `${still.server.url}/alerts`);
      const off = await difference(helper, reference(), await take(page, helper, 1440));
      await browser.close();
      expect(off).toBeLessThanOrEqual(SHARE);
    });
  }
});
