import { defineConfig } from "@playwright/test";
import { launchOptions } from "./harness/browser.mjs";

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  reporter: [["list"], ["./harness/summary.mjs"]],
  // One after another: they share a server and what they do to it.
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  use: { launchOptions, timezoneId: "UTC", locale: "en-GB", trace: "retain-on-failure" },
});
