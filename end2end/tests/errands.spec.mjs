// What people come for, done from the overview on with each hand: the keyboard alone, a finger on a phone, and links and forms
// alone, without WASM or without any script.

import { test as base, expect } from "@playwright/test";
import { american, hands } from "../harness/hands.mjs";
import { weeks } from "../harness/still/weeks.mjs";
import { buildStillWorld, now } from "../harness/still/world.mjs";
import { deed, listen } from "../harness/world.mjs";

const test = base.extend({
  still: [
    async ({}, use) => {
      const still = await buildStillWorld({ earlier: weeks });
      await use(still);
      await still.server.stop();
    },
    { scope: "worker", timeout: 180_000 },
  ],
  baseURL: async ({ still }, use) => use(still.server.url),
});
test.use({ launchOptions: american });
// Key by key takes its time where the machine does other things too.
test.describe.configure({ timeout: 120_000 });

/** An address whose path is like this, however it is escaped. */
const like = (pattern) => (url) => pattern.test(decodeURIComponent(url.pathname));

const metric = "worker.cpu_usage";
const chart = (page) => page.getByRole("region", { name: `Chart 1: ${metric}` });
const sentence = (page) => page.getByRole("main").locator(".title-row");
const numbers = (page) => chart(page).locator(".legend tbody tr").first().locator("td");

/** What the API knows of an hour: the moment and the value of each step. */
async function known({ server }, { from, end }, step) {
  const { series } = await server.api(`/query?metric=${metric}&from=${from}&to=${end}&step=${step}&agg=avg&by=`);
  return series[0].points;
}

const values = (points) => points.map(([, value]) => value).filter((value) => value !== null);
const mean = (points) => values(points).reduce((sum, value) => sum + value, 0) / values(points).length;
const percent = (value) => (value * 100).toFixed(0);

/** How many seconds lie between readings, as the page says. */
async function step(page) {
  const [, count, unit] = (await sentence(page).textContent()).match(/a reading every (\d+) (s|min)/);
  return Number(count) * (unit === "min" ? 60 : 1);
}

/** From the overview to the processors of last Tuesday, 14:00 to 15:00. */
async function seeLastTuesday({ page, hand }) {
  await hand.press(page.getByRole("navigation").getByRole("link", { name: "Trends" }));
  await expect(page).toHaveURL(like(/^\/trends$/));
  const first = page.getByRole("region", { name: /^Chart 1: / });
  await hand.choose(first.getByRole("combobox", { name: "Metric" }), metric);
  await hand.press(first.getByRole("button", { name: "Show" }));
  await expect(chart(page)).toBeVisible();
  const time = page.getByRole("region", { name: "Time" });
  await hand.enter(time.getByLabel("From"), "2025-12-30T14:00");
  await hand.enter(time.getByLabel("to", { exact: true }), "2025-12-30T15:00");
  await hand.press(time.getByRole("button", { name: "Show" }));
  await expect(sentence(page)).toContainText("30 Dec, 14:00 to 15:00 UTC");
  await expect(numbers(page).first()).toContainText("%");
}

const errands = {
  "the task behind an alert about failures is found, and why it failed": async ({ page, hand, still }) => {
    await hand.press(page.getByRole("region", { name: /tasks of the system failed/ }).getByRole("heading").getByRole("link"));
    await expect(page).toHaveURL(like(/^\/alerts\/\w+$/));
    await hand.press(page.getByRole("region", { name: "Tasks behind it" }).locator("a[href^='/tasks/']").first());
    await expect(page).toHaveURL(like(/^\/tasks\/[\w-]+$/));
    const task = await still.server.api(`/tasks/${page.url().split("/").pop()}`);
    const error = page.getByRole("region", { name: "Error", exact: true });
    await expect(error).toContainText(task.error_message);
    await expect(error.getByRole("region", { name: "Traceback" })).toContainText(/^Traceback \(most recent call last\):/);
  },

  "an alert is acknowledged for an hour with a note": async ({ page, hand, still }) => {
    const alert = await still.server.raiseAlert("The fans are loud", { severity: "critical" });
    await hand.open("/");
    const card = page.getByRole("region", { name: alert.title });
    await hand.press(card.getByText("Note, time"));
    await hand.write(card.getByRole("textbox", { name: "Note" }), "I look at the fans");
    await hand.choose(card.getByRole("combobox", { name: "For how long" }), "1 h");
    await hand.press(deed(card, "Acknowledge", alert));
    const handled = page.getByRole("region", { name: "Handled alerts" }).getByRole("listitem").filter({ hasText: alert.title });
    await expect(handled).toContainText("until 15:00");
    const { acknowledged, acknowledged_until, timeline } = await still.server.api(`/alerts/${alert.alert_id}`);
    expect(acknowledged).toBe(true);
    expect((Date.parse(acknowledged_until) - now) / 60_000).toBeCloseTo(60, 0);
    expect(timeline.at(-1)).toMatchObject({ what: "acknowledged", detail: "I look at the fans" });
    await hand.press(handled.getByRole("link", { name: alert.title }));
    await expect(page.getByRole("region", { name: "Who did what" })).toContainText("acknowledged itI look at the fans");
    await still.server.api(`/alerts/${alert.alert_id}/resolve`, {});
  },

  "the device that is throttled is found, and by what": async ({ page, hand }) => {
    const card = page.getByRole("region", { name: /^GPU \d of .+ is at/ });
    await hand.press(card.locator("a[href^='/workers/']"));
    await expect(page).toHaveURL(like(/^\/workers\/fra-gpu-3$/));
    const hot = page.getByRole("article").filter({ hasText: "sw thermal" });
    await expect(hot.getByRole("heading")).toHaveText("GPU 2");
    await expect(hot).toContainText("Hot");
    await expect(hot).toContainText("Throttled bysw thermal");
  },

  "an hour of last Tuesday is seen": async ({ page, hand, still }) => {
    await seeLastTuesday({ page, hand });
    const points = await known(still, weeks[1], await step(page));
    const told = [mean(points), Math.min(...values(points)), Math.max(...values(points)), values(points).at(-1)];
    await expect(numbers(page)).toHaveText(told.map((value) => `${percent(value)} %`));
  },

  "it is compared with the week before": async ({ page, hand, still }) => {
    await seeLastTuesday({ page, hand });
    await hand.press(page.getByRole("group", { name: "Compare with" }).getByRole("link", { name: "a week before" }));
    await expect(page.getByRole("columnheader", { name: "Change" })).toBeVisible();
    const [was, is] = await Promise.all(weeks.map(async (week) => mean(await known(still, week, await step(page)))));
    expect(was / is).toBeCloseTo(0.6);
    await expect(numbers(page).first()).toHaveText(`${percent(is)} %`);
    await expect(numbers(page).nth(-2)).toHaveText(`${percent(was)} %`);
    await expect(numbers(page).last()).toHaveText(`+${percent(is - was)} pt`);
  },

  "it is had as a file": async ({ page, hand, still }) => {
    await seeLastTuesday({ page, hand });
    const coming = page.waitForEvent("download");
    await hand.press(chart(page).getByRole("link", { name: "CSV" }));
    const download = await coming;
    expect(download.suggestedFilename()).toBe(`${metric}.csv`);
    const chunks = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk);
    const [head, ...rows] = Buffer.concat(chunks).toString().trim().split("\r\n");
    expect(head).toBe(`time [UTC],avg of ${metric} [ratio]`);
    const points = await known(still, weeks[1], await step(page));
    expect(rows).toHaveLength(points.length);
    expect(rows[0]).toBe(`2025-12-30T14:00:00Z,${points[0][1]}`);
    expect(rows.map((row) => row.split(",")[1])).toEqual(points.map(([, value]) => String(value ?? "")));
  },

  "its link shows somebody else the same": async ({ page, hand, playwright }) => {
    await seeLastTuesday({ page, hand });
    const [said, told] = [await sentence(page).locator("span").first().textContent(), await numbers(page).allTextContents()];
    const browser = await playwright.chromium.launch(american);
    const other = await browser.newPage();
    await other.clock.setFixedTime(now);
    await other.goto(page.url());
    await expect(sentence(other)).toContainText(said);
    await expect(numbers(other)).toHaveText(told);
    await browser.close();
  },
};

for (const [name, { Hand, browser, complains }] of Object.entries(hands)) {
  test.describe(name, () => {
    test.use(browser);

    for (const [title, errand] of Object.entries(errands)) {
      test(title, async ({ page, still, playwright }) => {
        const complaints = [];
        if (!complains) listen(page, complaints);
        if (browser.javaScriptEnabled !== false) await page.clock.setFixedTime(now);
        const hand = new Hand(page);
        await hand.open("/");
        await errand({ page, hand, still, playwright });
        expect(complaints).toEqual([]);
      });
    }
  });
}
