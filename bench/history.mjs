// A store with two years of a share of 1,000 workers with 8 GPUs each: the size of each tier, the memory that a server
// has on it, how long it takes to start, and how long questions take.
// `cargo build --release -p forewatch-server --features bench --example full_store` first. A whole fleet takes 14 GB, so
// by default a half is written: `WORKERS=1000` writes all. No figure is one that was not measured.

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Forewatch } from "../end2end/harness/forewatch.mjs";
import { answers, fullStore, overHttp } from "./full-store.mjs";
import { report, usage } from "./measure.mjs";

const whole = 1000;
const workers = Number(process.env.WORKERS ?? whole / 2);
const gpus = Number(process.env.GPUS ?? 8);

const server = new Forewatch();
const full = await fullStore(`sqlite:${join(server.folder, "forewatch.db")}`, server.folder, workers, gpus);
const files = readdirSync(server.folder).filter((name) => name.startsWith("forewatch."));
const onDisk = files.reduce((sum, name) => sum + statSync(join(server.folder, name)).size, 0);

const begin = performance.now();
await server.start();
const started = (performance.now() - begin) / 1000;
const atStart = usage(server.program.child.pid);

const asked = await overHttp(server);
const afterwards = usage(server.program.child.pid);
await server.stop();

const { filled } = full;
const { samples, minutes, sketches, shares } = filled.hour;
report("history", [
  [`share of ${whole} workers with 8 GPUs: ${workers} with ${gpus}`, (100 * workers * gpus) / (whole * 8), "%"],
  ["writing the store and asking it", full.took, "s"],
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
  ["start with the full store", started, "s", 2],
  ["memory of the server after its start, resident", atStart.residentBytes / 1e6, "MB"],
  ["memory of the server after questions, resident", afterwards.residentBytes / 1e6, "MB"],
  ["memory of the server after questions, peak", afterwards.peakBytes / 1e6, "MB"],
  ...answers(full),
  ...asked,
]);
