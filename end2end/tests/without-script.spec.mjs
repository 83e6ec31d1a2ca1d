// The server renders the page: the numbers are there, and links and forms work, before or without any script.

import { deed, expect, live, pages, test } from "../harness/world.mjs";
import { examples } from "../harness/examples.mjs";

test.use({ javaScriptEnabled: false });

for (const [name, address] of Object.entries(pages)) {
  test(`${name} is readable without JavaScript`, async ({ page, world }) => {
    await page.goto(address(await examples(world)));
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByRole("main")).toContainText(/\d/);
  });
}

test("the workers' names are in the page that the server sends", async ({ page, world }) => {
  const { items } = await world.server.api("/workers?limit=100");
  await page.goto("/workers");
  for (const { name, worker_id } of items) {
    await expect(page.getByRole("main")).toContainText(name || worker_id);
  }
});

test("links lead from page to page without JavaScript", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("link", { name: "Workers" }).first().click();
  await expect(page).toHaveURL(/\/workers$/);
});

// What would do nothing is not offered, whether there is no script at all or the program does not come.
const dead = (page) => ({
  zone: page.getByRole("button", { name: /switch times to/ }),
  theme: page.getByRole("button", { name: "Switch theme" }),
  copy: page.getByRole("button", { name: /^Copy / }),
  pause: page.getByRole("button", { name: "Pause the charts" }),
  range: page.getByRole("combobox", { name: "A longer range" }),
});

async function expectNothingDead(page, address) {
  await page.goto(address);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  for (const [name, control] of Object.entries(dead(page))) await expect(control, name).toHaveCount(0);
  // Ranges and the names of lines are links.
  await page.getByRole("group", { name: "Range" }).getByRole("link", { name: "6 h" }).click();
  await expect(page).toHaveURL(/range=6h/);
  await page.locator("main a.dl").first().click();
  await expect(page).toHaveURL(/only=/);
}

test("what does nothing without JavaScript is not offered", async ({ page, world }) => {
  await expectNothingDead(page, pages.worker(await examples(world)));
});

test("the report's days stay in their fields without JavaScript", async ({ page }) => {
  await page.goto("/reports?from=2026-01-05&to=2026-01-09");
  await expect(page.getByRole("textbox", { name: "From" })).toHaveValue("2026-01-05");
  await expect(page.getByRole("textbox", { name: "To" })).toHaveValue("2026-01-09");
});

test.describe("where the program does not come", () => {
  test.use({ javaScriptEnabled: true });

  test("what does nothing is not offered either, and nothing moves when it is", async ({ page, world }) => {
    const address = pages.worker(await examples(world));
    await page.route("**/*.wasm", (route) => route.abort());
    await expectNothingDead(page, address);
    const place = () => page.locator(".bar-top .right a").first().boundingBox();
    const before = await place();
    await page.unroute("**/*.wasm");
    await page.reload();
    await live(page);
    await expect(dead(page).theme).toBeVisible();
    expect((await place()).x).toBeCloseTo(before.x, 0);
  });
});

test("an alert is acknowledged and resolved with plain forms", async ({ page, world }) => {
  const alert = await world.server.raiseAlert("No script is needed for this one");
  await page.goto(`/alerts/${alert.alert_id}`);
  await deed(page, "Acknowledge", alert).click();
  expect((await world.server.api(`/alerts/${alert.alert_id}`)).acknowledged).toBe(true);
  await page.goto(`/alerts/${alert.alert_id}`);
  await deed(page, "Resolve", alert).click();
  expect((await world.server.api(`/alerts/${alert.alert_id}`)).state).toBe("resolved");
});

test("alerts of two days are asked for with a plain form", async ({ page, world }) => {
  const today = world.alert.timestamp.slice(0, 10);
  await page.goto("/alerts");
  await page.getByLabel("From day, UTC").fill(today);
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`since=${today}`));
  await expect(page.getByLabel("From day, UTC")).toHaveValue(today);
});

test("an alert's page leads to all that changed when it began", async ({ page, world }) => {
  await page.goto(`/alerts/${world.alert.alert_id}`);
  await page.getByRole("region", { name: "What else changed" }).getByRole("link", { name: "All of it" }).click();
  await expect(page).toHaveURL(/\/trends\?.*changed=.*#changes$/);
  await expect(page.getByRole("heading", { name: "What changed" })).toBeVisible();
});
