// The server renders the page: the numbers are there, and links and forms work, before or without any script.

import { deed, expect, pages, test } from "../harness/world.mjs";
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

test("an alert is acknowledged and resolved with plain forms", async ({ page, world }) => {
  const alert = await world.server.raiseAlert("No script is needed for this one");
  await page.goto(`/alerts/${alert.alert_id}`);
  await deed(page, "Acknowledge", alert).click();
  expect((await world.server.api(`/alerts/${alert.alert_id}`)).acknowledged).toBe(true);
  await page.goto(`/alerts/${alert.alert_id}`);
  await deed(page, "Resolve", alert).click();
  expect((await world.server.api(`/alerts/${alert.alert_id}`)).state).toBe("resolved");
});
