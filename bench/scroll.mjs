// The list of very many workers is scrolled with the wheel, and far away at once, while all of them report: how long a frame
// takes.
//
//   WORKERS=5000 bench/run scroll

import { createRequire } from "node:module";
import { launchOptions } from "../end2end/harness/browser.mjs";
import { Forewatch } from "../end2end/harness/forewatch.mjs";
import { eventually } from "../end2end/harness/process.mjs";
import { percentile, report, wait } from "./measure.mjs";
import { frames, traced } from "./trace.mjs";

const { chromium } = createRequire(new URL("../end2end/package.json", import.meta.url))("@playwright/test");
const workers = Number(process.env.WORKERS ?? 5000);
/** Turns of the wheel, and pixels of one. */
const [turns, turn] = [150, 400];
const limit = 32;

const server = await Forewatch.start();
const fleet = server.simulate(["--workers", workers, "--gpus", 0, "--seed", 1, "--interval", "30s"]);
await eventually("the fleet is online", async () => (await server.api("/workers/stats")).online >= workers, { within: 300_000, every: 500 });

const browser = await chromium.launch(launchOptions);
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await page.goto(`${server.url}/workers`);
await page.locator(".conn.live").first().waitFor();
await page.getByText(`of ${workers}.`).waitFor({ timeout: 60_000 });
await wait(2_000);
await page.mouse.move(720, 600);
const height = await page.evaluate(() => document.body.scrollHeight);
const rounds = [];
for (let n = 0; n < 3; n++) {
  const tasks = await traced(browser, page, async () => {
    for (let at = 0; at < turns; at++) {
      await page.mouse.wheel(0, turn);
      await wait(30);
    }
    // And far away at once, as the bar at the side does it.
    for (const part of [0.9, 0.5, 0.1]) {
      await page.evaluate((to) => scrollTo(0, to), height * part);
      await wait(300);
    }
  });
  rounds.push(frames(tasks, limit));
  await page.evaluate(() => scrollTo(0, 0));
  await wait(500);
}
const rows = await page.locator("tbody tr").count();
await browser.close();
await fleet.stop();
await server.stop();
report("scroll", [
  ["workers in the list", workers, "workers"],
  ["rows that are in the page", rows, "rows"],
  ["longest task while it is scrolled, CPU, median of three rounds", percentile(rounds.map(({ longestCpu }) => longestCpu), 0.5), "ms", limit],
  ["longest task of all rounds, CPU", Math.max(...rounds.map(({ longestCpu }) => longestCpu)), "ms", limit],
  ["tasks over 32 ms, CPU, of all rounds", rounds.reduce((sum, { overCpu }) => sum + overCpu, 0), "tasks", 0],
]);
