// Reports: a period is chosen and shared by its address, shown with its style, and taken away in every form.

import { expect, expectAccessible, live, test } from "../harness/world.mjs";

test("a period is chosen by a link, and its address shows the same again", async ({ page }) => {
  await page.goto("/reports");
  await live(page);
  await expect(page.getByText("Tasks completed")).toBeVisible();
  const when = page.getByRole("article").locator(".report-when");
  const week = await when.textContent();
  await page.getByRole("link", { name: "Last 24 hours" }).click();
  await expect(page).toHaveURL(/range=24h/);
  await expect(page.getByRole("link", { name: "Last 24 hours" })).toHaveAttribute("aria-current", "true");
  await expect(when).not.toHaveText(week);
  const told = await when.textContent();
  await page.reload();
  await expect(when).toContainText(told.split(" (UTC)")[0].slice(0, 17));
});

test("a period that cannot be is told, and the choice stays", async ({ page }) => {
  await page.goto("/reports?from=2026-11-02&to=2026-11-01");
  await expect(page.getByRole("main")).toContainText("must begin before it ends");
  await expect(page.getByRole("link", { name: "Last 7 days" })).toBeVisible();
});

test("the style of the pages comes with the first of them", async ({ page, complaints }) => {
  await page.goto("/");
  await live(page);
  const sheets = () => page.evaluate(() => [...document.styleSheets].filter(({ href }) => href?.endsWith("/pages.css")).length);
  expect(await sheets(), "the overview does without").toBe(0);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Reports" }).click();
  await expect(page.getByText("Tasks completed")).toBeVisible();
  expect(await sheets()).toBe(1);
  const border = await page.locator(".report-glance > div").first().evaluate((tile) => getComputedStyle(tile).borderTopWidth);
  expect(border).toBe("1px");
  await page.reload();
  expect(await sheets(), "served as one of them, it has it from the start").toBe(1);
  expect(complaints).toEqual([]);
});

for (const [form, type] of [
  ["HTML", "text/html"],
  ["PDF", "application/pdf"],
  ["CSV", "text/csv"],
  ["JSON", "application/json"],
]) {
  test(`the report is there as ${form}`, async ({ page, request }) => {
    await page.goto("/reports?range=24h");
    const address = await page.getByRole("link", { name: form, exact: true }).getAttribute("href");
    const answer = await request.get(address);
    expect(answer.status()).toBe(200);
    expect(answer.headers()["content-type"]).toContain(type);
    expect((await answer.body()).length).toBeGreaterThan(500);
  });
}

test("the page that stands alone asks nobody for anything and is accessible", async ({ page, request, complaints }) => {
  const html = await (await request.get("/api/v1/reports?from=now-1h&format=html")).text();
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.setContent(html);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Forewatch report");
  await expectAccessible(page);
  expect(asked).toEqual([]);
  expect(complaints).toEqual([]);
});
