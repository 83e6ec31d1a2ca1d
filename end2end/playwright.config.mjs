import { defineConfig } from "@playwright/test";
import { launchOptions } from "./harness/browser.mjs";

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  reporter: [["list"], ["./harness/summary.mjs"]],
  // One after another: they share a server and what they do to it.
  workers: 1,
  timeout: 60_000,
  // A picture may differ by what another version of the browser rounds differently: not by a changed word or a moved line.
  expect: { timeout: 15_000, toHaveScreenshot: { maxDiffPixels: 120, animations: "disabled", caret: "hide" } },
  snapshotPathTemplate: "pictures/{arg}{ext}",
  use: { launchOptions, timezoneId: "UTC", locale: "en-GB", trace: "retain-on-failure" },
});
