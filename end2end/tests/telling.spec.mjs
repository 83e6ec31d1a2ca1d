// What a page says of itself where it is not in front: the window's title, its icon, what a screen reader hears.

import { expect, expectAccessible, live, test } from "../harness/world.mjs";
import { examples } from "../harness/examples.mjs";

const icon = (page) => page.locator("link[rel=icon]").getAttribute("href");

test("the title says how the thing is that the page is about", async ({ page, world, complaints }) => {
  const { worker, failedTask } = await examples(world);
  await page.goto(`/workers/${worker}`);
  await live(page);
  await expect(page).toHaveTitle(new RegExp(`${worker}, (online|busy) · Forewatch$`));
  await page.goto(`/tasks/${failedTask}`);
  await expect(page).toHaveTitle(/failing, failed · Forewatch$/);
  await page.goto("/queues/gpu_priority");
  await expect(page).toHaveTitle(/gpu_priority, \d+ waiting · Forewatch$/);
  const alert = await world.server.raiseAlert("The title follows it", { severity: "warning" });
  await page.goto(`/alerts/${alert.alert_id}`);
  await live(page);
  await expect(page).toHaveTitle(/The title follows it · Forewatch$/);
  await world.server.api(`/alerts/${alert.alert_id}/acknowledge`, {});
  await expect(page).toHaveTitle(/The title follows it, acknowledged · Forewatch$/);
  await world.server.api(`/alerts/${alert.alert_id}/resolve`, {});
  await expect(page).toHaveTitle(/The title follows it, resolved · Forewatch$/);
  expect(complaints).toEqual([]);
});

test("the icon counts what is critical or an error, and nothing else", async ({ page, world }) => {
  const open = async () => {
    const { items } = await world.server.api("/alerts?state=active&limit=200");
    return items.filter((a) => ["critical", "error"].includes(a.severity) && !a.acknowledged && !a.suppressed_by).length;
  };
  await page.goto("/queues");
  await live(page);
  const shown = async () => Number(/>(\d+)<\/text>/.exec(await icon(page))?.[1] ?? 0);
  const raised = [];
  for (const severity of ["warning", "error", "critical"]) {
    raised.push(await world.server.raiseAlert(`Counted or not: ${severity}`, { severity }));
    await expect.poll(async () => (await shown()) - (await open())).toBe(0);
  }
  expect(await shown()).toBeGreaterThanOrEqual(2);
  for (const { alert_id } of raised) await world.server.api(`/alerts/${alert_id}/resolve`, {});
  await expect.poll(async () => (await shown()) - (await open())).toBe(0);
});

test("many alerts at once are not many messages", async ({ page, world, complaints }) => {
  await page.goto("/queues");
  await live(page);
  await page.evaluate(() => {
    window.heard = 0;
    const count = (changes) => (window.heard += changes.flatMap(({ addedNodes }) => [...addedNodes]).filter((n) => n.nodeType === 1).length);
    new MutationObserver(count).observe(document.querySelector(".toasts"), { childList: true, subtree: false });
  });
  const titles = Array.from({ length: 24 }, (_, n) => `One of many, ${n}`);
  const raised = await Promise.all(titles.map((title) => world.server.raiseAlert(title, { severity: "error", component_id: title })));
  await expect(page.getByRole("status").getByRole("link", { name: /new alerts need someone/ }).first()).toBeVisible();
  await page.waitForTimeout(1_500);
  expect(await page.evaluate(() => window.heard), "messages in the live region").toBeLessThanOrEqual(8);
  await page.getByRole("status").getByRole("link", { name: /new alerts need someone/ }).first().click();
  await expect(page).toHaveURL(/\/alerts$/);
  for (const { alert_id } of raised) await world.server.api(`/alerts/${alert_id}/resolve`, {});
  expect(complaints).toEqual([]);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("the way back to the list stands above the thing", async ({ page, world, complaints }) => {
    const { worker } = await examples(world);
    await page.goto(`/workers/${worker}`);
    await live(page);
    await expectAccessible(page);
    await page.getByRole("navigation", { name: "Back" }).getByRole("link", { name: "Workers" }).click();
    await expect(page).toHaveURL(/\/workers$/);
    expect(complaints).toEqual([]);
  });
});
