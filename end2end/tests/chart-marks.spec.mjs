// Alerts and notes are marks on the time axis of every live chart; the readings behind it are a table and a file.

import { expect, expectAccessible, live, test } from "../harness/world.mjs";
import { examples } from "../harness/examples.mjs";

const past = (page) => page.locator("section.panel:has(.strips)").first();
const mark = (page, text) => past(page).locator(".mark", { hasText: text });

test("a note is marked on the charts of every page", async ({ page, world, complaints }) => {
  const title = `Deployed ${Date.now()}`;
  await world.server.note(title, ["web"]);
  const { worker, failedTask } = await examples(world);
  for (const address of ["/", `/workers/${encodeURIComponent(worker)}`, "/queues/gpu_priority", `/tasks/${failedTask}?range=1h`]) {
    await page.goto(address);
    await live(page);
    await expect(mark(page, title), address).toBeAttached();
  }
  expect(complaints).toEqual([]);
});

test("where there is no room for all names, what is worst and open has its name, and others their icon", async ({ page, world }) => {
  const ended = await world.server.raiseAlert("It is over, whatever it was", { severity: "warning" });
  await world.server.api(`/alerts/${ended.alert_id}/resolve`, {});
  const open = await world.server.raiseAlert("Nothing is stored any more", { severity: "critical" });
  await world.server.raiseAlert("This one can wait", { severity: "warning" });
  await page.goto("/?range=24h");
  await live(page);
  await expect(mark(page, open.title)).toBeVisible();
  await expect(mark(page, open.title)).not.toHaveClass(/brief|out/);
  await expect(mark(page, ended.title)).toHaveClass(/brief|out/);
  await expect(page.locator(".mark:not(.out):not(.brief)")).toHaveCount(1);
  await world.server.api(`/alerts/${open.alert_id}/resolve`, {});
});

test("a new alert is marked at once on the charts of its worker and of the whole, and on no other", async ({ page, context, world }) => {
  const { items } = await world.server.api("/workers?limit=100");
  const [own, other] = items.filter(({ is_online }) => is_online).map(({ worker_id }) => worker_id);
  const of = async (address) => {
    const tab = await context.newPage();
    await tab.goto(address);
    await live(tab);
    return tab;
  };
  const tabs = [page, await of(`/workers/${encodeURIComponent(own)}`), await of(`/workers/${encodeURIComponent(other)}`)];
  await page.goto("/");
  await live(page);
  const title = `The fan is loud ${Date.now()}`;
  const { alert_id } = await world.server.api("/alerts", { title, severity: "error", component: "worker", component_id: own });
  for (const tab of tabs.slice(0, 2)) await expect(mark(tab, title)).toBeAttached();
  await expect(mark(tabs[2], title)).toHaveCount(0);
  await world.server.api(`/alerts/${alert_id}/resolve`, {});
  await page.reload();
  await live(page);
  await expect(mark(page, title), "what is over stays marked").toBeAttached();
});

test("the readings are a table of what is shown, and a file", async ({ page, complaints }) => {
  await page.goto("/?range=15min");
  await live(page);
  await past(page).getByText("These readings as a table").click();
  const table = past(page).getByRole("region", { name: "Readings" });
  const times = () => table.locator("tbody th").allTextContents();
  await expect(table.locator("thead th")).toHaveCount(9);
  await expect.poll(async () => (await times()).length).toBeGreaterThan(5);
  const wide = await times();
  await expectAccessible(page);
  const coming = page.waitForEvent("download");
  await past(page).getByRole("link", { name: "CSV file" }).click();
  const chunks = [];
  for await (const chunk of await (await coming).createReadStream()) chunks.push(chunk);
  const [head, ...rows] = Buffer.concat(chunks).toString().trim().split("\r\n");
  expect(head).toMatch(/^time \[UTC\],avg of system\.throughput \[.+\],avg of system\.gpu_queue_size/);
  expect(rows.length).toBeGreaterThan(50);
  await past(page).getByRole("link", { name: "6 h", exact: true }).click();
  await expect(page).toHaveURL(/range=6h/);
  await expect(table).toBeVisible();
  await expect.poll(times, "the table follows what is shown").not.toEqual(wide);
  expect(complaints).toEqual([]);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the table is there", async ({ page }) => {
    await page.goto("/");
    await past(page).getByText("These readings as a table").click();
    await expect(past(page).getByRole("region", { name: "Readings" }).locator("tbody tr").first()).toContainText("UTC");
  });
});
