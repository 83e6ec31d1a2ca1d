// What a visitor waits for: pages of Forewatch and of Flower that have seen the same tasks, each opened in a browser that has
// nothing of them yet, one after the other; until the list can be read, and what came over the wire for it.
//
//   TASKS=10000 ROUNDS=9 bench/run pages

import { createRequire } from "node:module";
import { launchOptions } from "../end2end/harness/browser.mjs";
import { Redis } from "../end2end/harness/celery.mjs";
import { Forewatch } from "../end2end/harness/forewatch.mjs";
import { eventually } from "../end2end/harness/process.mjs";
import { publish } from "./celery/burst.mjs";
import { startFlower } from "./flower.mjs";
import { percentile, report, settled } from "./measure.mjs";

const { chromium } = createRequire(new URL("../end2end/package.json", import.meta.url))("@playwright/test");
const tasks = Number(process.env.TASKS ?? 10_000);
const rounds = Number(process.env.ROUNDS ?? 9);
/** Events a second: no more than Flower takes. */
const rate = 2_000;
const patience = { within: 300_000, every: 500 };

const redis = await Redis.start();
const server = await Forewatch.start({ args: ["--celery", redis.url] });
const source = async () => (await server.api("/sources")).items.find(({ name }) => name.startsWith("celery"));
await eventually("the broker is heard", async () => (await source())?.state === "up");
const flower = await startFlower(redis, tasks, patience);
const sent = await publish(redis, tasks, rate);
const seen = async () => [(await source()).events, await flower.seen()];
let last;
const nothingMore = async () => {
  const before = last;
  last = await seen();
  return String(before) === String(last);
};
await eventually("nothing more comes", nothingMore, { ...patience, every: 3_000 });
await settled(flower.program.child.pid);

const browser = await chromium.launch(launchOptions);

/** Opens a page; answers with the milliseconds until what is asked for can be seen, and with the bytes that came. */
async function open(address, row) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send("Network.enable");
  let bytes = 0;
  devtools.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  const begin = performance.now();
  await page.goto(address, { waitUntil: "commit" });
  await page.locator(row).first().waitFor();
  const readable = performance.now() - begin;
  await page.waitForLoadState("networkidle");
  await context.close();
  return { readable, bytes };
}

/** The whole answer to a page, at a warm server. */
async function answered(address) {
  const begin = performance.now();
  await (await fetch(address)).text();
  return performance.now() - begin;
}

const pages = {
  "list of tasks": [`${server.url}/tasks`, "table.tasks tbody tr", `${flower.url}/tasks`, "#tasks-table tbody tr td:nth-child(2)"],
  "first page": [server.url, "main h1", `${flower.url}/`, "#workers-table tbody tr td:nth-child(2)"],
};
const rows = [["events published", sent.events, "events"], ["seen by Forewatch", last[0], "events"], ["seen by Flower", last[1], "events"]];
for (const [what, [here, ours, there, theirs]] of Object.entries(pages)) {
  const took = { here: [], there: [], answer: [] };
  // In turns, so that what the machine does besides falls on both.
  for (let n = 0; n < rounds; n++) {
    took.here.push(await open(here, ours));
    took.there.push(await open(there, theirs));
    took.answer.push(await answered(here));
  }
  const median = (of, which) => percentile(of.map((round) => round[which]), 0.5);
  const [forewatch, peer] = [median(took.here, "readable"), median(took.there, "readable")];
  rows.push(
    [`${what}: whole answer of Forewatch, warm`, percentile(took.answer, 0.5), "ms", 50],
    [`${what}: readable, Forewatch`, forewatch, "ms"],
    [`${what}: readable, Flower`, peer, "ms"],
    [`${what}: Forewatch takes, of Flower's time`, forewatch / peer, "times"],
    [`${what}: over the wire, Forewatch`, median(took.here, "bytes") / 1e3, "kB"],
    [`${what}: over the wire, Flower`, median(took.there, "bytes") / 1e3, "kB"],
  );
}
report("pages", rows);
await browser.close();
for (const thing of [server, flower.program, redis]) await thing.stop();
