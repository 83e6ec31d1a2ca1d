// A tab that stays open: 1,000 workers with 8 GPUs each live while every page is visited again and again. The heap that it
// has after a round of all pages and at the end, its longest frame, and what comes over its socket and its requests.
//
// MINUTES (10), WORKERS (1000), GPUS (8).

import { createRequire } from "node:module";
import { launchOptions } from "../end2end/harness/browser.mjs";
import { Forewatch } from "../end2end/harness/forewatch.mjs";
import { heapOf } from "./heap.mjs";
import { percentile, report, wait } from "./measure.mjs";
import { frames, traced } from "./trace.mjs";

const { chromium } = createRequire(new URL("../end2end/package.json", import.meta.url))("@playwright/test");
const minutes = Number(process.env.MINUTES ?? 10);
const workers = Number(process.env.WORKERS ?? 1000);
const gpus = Number(process.env.GPUS ?? 8);
/** Seconds on each page. */
const stay = 4;

const server = await Forewatch.start();
const fleet = server.simulate(["--workers", workers, "--gpus", gpus, "--tasks-per-second", 50, "--seed", 1, "--interval", "10s"]);
const patience = Date.now() + 180_000;
while ((await server.api("/workers/stats")).online < workers) {
  if (Date.now() > patience) throw new Error(`the fleet is not online:\n${fleet.said.slice(-10).join("\n")}`);
  await wait(500);
}
const alert = await server.raiseAlert("There for the tab to visit");
const first = async (path, id) => encodeURIComponent((await server.api(path)).items[0][id]);
const addresses = ["/", "/workers", `/workers/${await first("/workers?limit=1", "worker_id")}`, "/tasks"];
addresses.push(`/tasks/${await first("/tasks?limit=1", "task_id")}`, "/tasks?by=name", "/queues", `/queues/${await first("/queues?limit=1", "queue_type")}`);
addresses.push("/alerts", `/alerts/${alert.alert_id}`, "/trends", "/reports", "/settings");

const browser = await chromium.launch({ ...launchOptions, args: [...launchOptions.args, "--js-flags=--expose-gc"] });
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
const wrong = [];
page.on("pageerror", (error) => wrong.push(String(error)));
const devtools = await page.context().newCDPSession(page);
await devtools.send("Network.enable");
const held = await heapOf(page, devtools);
let bytes = 0;
devtools.on("Network.webSocketFrameReceived", ({ response }) => (bytes += response.payloadData.length));
devtools.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));

/** Goes to a page as a link does: the tab stays, and so does what it holds. */
async function visit(address) {
  await page.evaluate((address) => {
    const link = document.body.appendChild(Object.assign(document.createElement("a"), { href: address }));
    link.click();
    link.remove();
  }, address);
}

const longest = [];
async function round() {
  for (const address of addresses) {
    const tasks = await traced(browser, page, async () => {
      await visit(address);
      await page.waitForTimeout(stay * 1000);
    });
    longest.push({ address, ...frames(tasks, 16) });
  }
  await visit("/queues");
  await page.waitForTimeout(2_000);
}

await page.goto(server.url);
await page.locator(".conn.live").first().waitFor();
// The first round loads the code of every page and fills what is kept: it is the start.
await round();
const atFirst = await held();
longest.length = 0;
bytes = 0;
const started = Date.now();
const rounds = [atFirst];
while (Date.now() - started < minutes * 60_000) {
  await round();
  rounds.push(await held());
}
const took = (Date.now() - started) / 60_000;
const atEnd = rounds.at(-1);
await browser.close();
await fleet.stop();
await server.stop();
if (wrong.length > 0) throw new Error(wrong.join("\n"));

const worst = longest.reduce((a, b) => (b.longestCpu > a.longestCpu ? b : a));
const grown = (what) => (atEnd[what] - atFirst[what]) / (rounds.length - 1);
report("tab", [
  ["minutes, with every page visited", took, "min"],
  ["rounds of all pages", rounds.length - 1, "rounds"],
  ["heap of scripts at the start", atFirst.heap / 1e6, "MB"],
  ["heap of scripts at the end", atEnd.heap / 1e6, "MB"],
  ["it grows a round by", grown("heap") / 1e3, "kB"],
  ["memory of the WASM at the start", atFirst.wasm / 1e6, "MB"],
  ["memory of the WASM at the end", atEnd.wasm / 1e6, "MB"],
  ["elements at the end, more than at the start", atEnd.nodes - atFirst.nodes, "nodes"],
  ["listeners at the end, more than at the start", atEnd.listeners - atFirst.listeners, "listeners"],
  [`longest task of a page, CPU (on ${worst.address})`, worst.longestCpu, "ms"],
  ["longest task of each visit, CPU, median", percentile(longest.map(({ longestCpu }) => longestCpu), 0.5), "ms"],
  ["received", bytes / took / 1e6, "MB/min"],
]);
