// Settings: what a rule would have done in the last seven days, as it is set or changed.

import { expect, expectAccessible, expectToFit, live, test } from "../harness/world.mjs";

const busy = "/settings?try=cpu-high&threshold=1+%25&for=0s";

test("a rule is tried with another threshold and time, and tells when it would have fired", async ({ page, complaints }) => {
  await page.goto("/settings");
  await live(page);
  await page.getByRole("link", { name: "Try cpu-high on the last 7 days" }).click();
  await expect(page).toHaveURL(/try=cpu/);
  const form = page.getByRole("form", { name: "Try cpu-high" });
  await expect(form.getByLabel("Threshold")).toHaveValue("90 %");
  await expect(form.getByLabel("For")).toHaveValue("2 min");
  await form.getByLabel("Threshold").fill("1 %");
  await form.getByLabel("For").fill("0 s");
  await form.getByRole("button", { name: "Try it" }).click();
  await expect(page).toHaveURL(/threshold=1/);
  const outcome = page.locator(".trial");
  await expect(outcome).toContainText(/would have fired (once|\d+ times), for/);
  const times = page.getByRole("region", { name: "When it would have fired" });
  await expect(times.getByRole("row").nth(1)).toContainText("worker ");
  await expect(outcome.locator("svg .fired rect").first()).toBeVisible();
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await expectToFit(page);
  await page.reload();
  await live(page);
  await expect(form.getByLabel("Threshold")).toHaveValue("1 %");
  await expect(times.getByRole("row").nth(1)).toContainText("worker ");
  await page.getByRole("link", { name: "Close the trial of cpu-high" }).click();
  await expect(form).toHaveCount(0);
  expect(complaints).toEqual([]);
});

test("what cannot be read says why, and leaves the form as it was", async ({ page }) => {
  await page.goto("/settings?try=cpu-high");
  await live(page);
  const form = page.getByRole("form", { name: "Try cpu-high" });
  for (const [threshold, lasts, why] of [
    ["plenty", "2 min", "is not a number"],
    ["150 %", "2 min", "can never be reached"],
    ["80 %", "soon", "is not a duration"],
  ]) {
    await form.getByLabel("Threshold").fill(threshold);
    await form.getByLabel("For").fill(lasts);
    await form.getByRole("button", { name: "Try it" }).click();
    await expect(page.getByRole("alert").filter({ hasText: why })).toBeVisible();
    await expect(form.getByLabel("Threshold")).toHaveValue(threshold);
  }
  await form.getByLabel("Threshold").fill("80 %");
  await form.getByLabel("For").fill("1 h");
  await form.getByRole("button", { name: "Try it" }).click();
  await expect(page.getByRole("status").filter({ hasText: "would not have fired" })).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("a rule of which the past tells nothing says so", async ({ page }) => {
  await page.goto("/settings");
  await live(page);
  await page.getByRole("link", { name: "Try worker-offline on the last 7 days" }).click();
  await expect(page.getByRole("cell", { name: /it cannot be tried/ })).toBeVisible();
  await expect(page.getByRole("form", { name: "Try worker-offline" })).toHaveCount(0);
});

test.describe("without any script", () => {
  test.use({ javaScriptEnabled: false });

  test("a rule is tried, too", async ({ page }) => {
    await page.goto("/settings");
    await page.getByRole("link", { name: "Try cpu-high on the last 7 days" }).click();
    await expect(page.getByRole("form", { name: "Try cpu-high" }).getByLabel("Threshold")).toHaveValue("90 %");
    await page.goto(busy);
    await expect(page.getByRole("status").filter({ hasText: "would have fired" })).toBeVisible();
  });
});
