// A store with two years of a share of 1,000 workers with 8 GPUs each: the size of each tier, the memory that a server
// has on it, how long it takes to start, and how long questions take.
// `cargo build --release -p forewatch-server --features bench --example full_store` first. A whole fleet takes 14 GB, so
// by default a half is written: `WORKERS=1000` writes all. No figure is one that was not measured.

import { execFile } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { Forewatch, target } from "../end2end/harness/forewatch.mjs";
import { report, usage } from "./measure.mjs";

const whole = 1000;
const workers = Number(process.env.WORKERS ?? whole / 2);
const gpus = Number(process.env.GPUS ?? 8);
const generator = process.env.FULL_STORE_BIN ?? join(target, "release", "examples", "full_store");

const server = new Forewatch();
const path = join(server.folder, "forewatch.db");

/** Runs the generator; answers with what it says and the memory that it held at most, looked at ten times a second. */
async function generate() {
  const running = promisify(execFile)(generator, [path, workers, gpus].map(String));
  let peakBytes = 0;
  const looks = setInterval(() => {
    try {
      peakBytes = Math.max(peakBytes, usage(running.child.pid).peakBytes);
    } catch {
      // It has ended.
    }
  }, 100);
  try {
    return { ...JSON.parse((await running).stdout), peakBytes };
  } finally {
    clearInterval(looks);
  }
}

const filling = performance.now();
const full = await generate();
const took = (performance.now() - filling) / 1000;
const files = readdirSync(server.folder).filter((name) => name.startsWith("forewatch."));
const onDisk = files.reduce((sum, name) => sum + statSync(join(server.folder, name)).size, 0);

const begin = performance.now();
await server.start();
const started = (performance.now() - begin) / 1000;
const atStart = usage(server.program.child.pid);

/** Milliseconds that the server takes to answer, over HTTP: the median of several times. */
async function asked(query) {
  const times = [];
  for (let n = 0; n < 15; n++) {
    const at = performance.now();
    const answer = await fetch(`${server.url}/api/v1/query?${query}`);
    await answer.text();
    if (!answer.ok) throw new Error(`${query}: ${answer.status}`);
    times.push(performance.now() - at);
  }
  return times.sort((a, b) => a - b)[7];
}

const overHttp = [
  ["1 h of one worker", await asked("metric=worker.cpu_usage&worker=sim-001.*&from=now-1h&to=now&step=10")],
  ["24 h of each worker at 5 min", await asked("metric=worker.cpu_usage&from=now-24h&to=now&step=300")],
  ["a year of the system at 1 d", await asked("metric=system.workers_online&from=now-365d&to=now&step=86400")],
];
const afterwards = usage(server.program.child.pid);
await server.stop();

const aims = new Map([
  ["1 h of one worker", 2],
  ["1 h of each worker at 60 s", 20],
  ["24 h of each worker at 5 min", 50],
  ["a year of the system at 1 d", 5],
]);
const { filled } = full;
const { samples, minutes, sketches, shares } = filled.hour;
report("history", [
  [`share of ${whole} workers with 8 GPUs: ${workers} with ${gpus}`, (100 * workers * gpus) / (whole * 8), "%"],
  ["writing the store and asking it", took, "s"],
  ["memory of what wrote and asked, peak", full.peakBytes / 1e6, "MB"],
  ["samples of an hour", filled.samples, "samples"],
  ["writing them", (filled.flushed / filled.samples) * 1e6, "s for 1,000,000"],
  ["their buckets and sketches", (filled.rolled / filled.samples) * 1e6, "s for 1,000,000"],
  ["the longest step of these", filled.step * 1000, "ms"],
  ["bytes a sample", samples / filled.samples, "bytes", 2],
  ["with buckets and sketches of a minute", (samples + minutes + sketches + shares) / filled.samples, "bytes", 4],
  ["of them sketches", (sketches + shares) / filled.samples, "bytes"],
  ...filled.tiers.flatMap(({ tier, blocks, sketches }) => [
    [`tier ${tier}`, blocks / 1e6, "MB"],
    [`tier ${tier}, sketches`, sketches / 1e6, "MB"],
  ]),
  ["all files", onDisk / 1e6, "MB"],
  ["opening history", full.opened * 1000, "ms"],
  ["start with the full store", started, "s", 2],
  ["memory of the server after its start, resident", atStart.residentBytes / 1e6, "MB"],
  ["memory of the server after questions, resident", afterwards.residentBytes / 1e6, "MB"],
  ["memory of the server after questions, peak", afterwards.peakBytes / 1e6, "MB"],
  ...full.asked.flatMap(({ what, median, longest, source, points }) => [
    [`${what} (${source}, ${points} points)`, median * 1000, "ms", aims.get(what)],
    [`${what}, the longest of 15`, longest * 1000, "ms"],
  ]),
  ...overHttp.map(([what, time]) => [`${what}, over HTTP`, time, "ms", aims.get(what)]),
]);
