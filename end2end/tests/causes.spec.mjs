// One cause is one alarm: what follows from it stands under it, and says what holds it back.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Forewatch } from "../harness/forewatch.mjs";
import { temporaryFolder } from "../harness/process.mjs";
import { eventually, expect, expectAccessible, expectToFit, live, test } from "../harness/world.mjs";

/** A queue that nobody serves, and two alerts that say nothing else. */
const rules = `
[[rule]]
id = "queue-unserved"
for = "0s"
inhibits = ["queue-backlog", "deep"]

[[rule]]
id = "queue-backlog"
for = "0s"

[[rule]]
id = "deep"
metric = "queue.pending"
threshold = 10
title = "{subject} is deep"
`;

let server;
let alerts;

test.beforeAll(async () => {
  const config = join(temporaryFolder(), "forewatch.toml");
  writeFileSync(config, rules);
  server = await Forewatch.start({ args: ["--config", config] });
  // Whether nobody serves a queue is known once somebody is there at all.
  server.simulate(["--workers", 1, "--gpus", 0, "--tasks-per-second", 0.1, "--seed", 5, "--interval", "1s"]);
  await eventually("a worker is there", async () => (await server.api("/workers")).items.length > 0);
  alerts = await eventually("the cause holds the others back", async () => {
    const at = new Date().toISOString();
    await server.api("/events", [{ type: "queue.sampled", at, queue: "nobody", pending: 4_000 }]);
    const { items } = await server.api("/alerts?state=active");
    return items.find(({ held_back }) => held_back === 2) && items;
  });
});

test.afterAll(() => server.stop());

const cause = () => alerts.find(({ rule_id }) => rule_id === "queue-unserved");
const deep = () => alerts.find(({ rule_id }) => rule_id === "deep");

test("the list folds what follows under its cause, and opens it with a key", async ({ page, complaints }) => {
  await page.goto(`${server.url}/alerts`);
  await live(page);
  const table = page.getByRole("region", { name: "Alert table" });
  await expect(table.getByRole("rowheader")).toHaveText([cause().title]);
  const fold = table.getByText("and 2 that follow from it");
  const line = table.getByRole("link", { name: deep().title });
  await expect(line).toBeHidden();
  await fold.focus();
  await page.keyboard.press("Enter");
  await expect(line).toBeVisible();
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await expectToFit(page);
  // The row is made anew when its alert changes; what was opened stays open.
  await page.getByRole("button", { name: `Acknowledge: ${cause().title}` }).click();
  await expect(page.getByRole("button", { name: `Give back: ${cause().title}` })).toBeVisible();
  await expect(line).toBeVisible();
  await server.api(`/alerts/${cause().alert_id}/unacknowledge`, {});
  await expect(page.getByRole("button", { name: `Acknowledge: ${cause().title}` })).toBeVisible();
  await line.click();
  await expect(page).toHaveURL(new RegExp(deep().alert_id));
  const note = page.getByText("Nobody is told of it: it follows from");
  await expectAccessible(page);
  await note.getByRole("link", { name: cause().title }).click();
  const following = page.getByRole("region", { name: "2 follow from it" });
  await expect(following.getByRole("listitem")).toHaveCount(2);
  await expectAccessible(page);
  await expectToFit(page);
  expect(complaints).toEqual([]);
});

test("where its cause is not listed, an alert stands by itself and names it", async ({ page }) => {
  for (const address of ["/alerts?rule=deep", "/alerts?state=suppressed&rule=deep"]) {
    await page.goto(server.url + address);
    await live(page);
    const row = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: deep().title }) });
    await expect(row.getByRole("link", { name: cause().title })).toBeVisible();
  }
});

test("the overview tells the cause alone", async ({ page }) => {
  await page.goto(server.url);
  await live(page);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("1 problem");
  await expect(page.getByRole("region", { name: cause().title })).toBeVisible();
  await expect(page.getByRole("region", { name: deep().title })).toHaveCount(0);
  await expect(page.getByRole("region", { name: "Handled alerts" })).toHaveCount(0);
});
