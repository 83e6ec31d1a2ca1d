// A store with two years of 1,000 workers with 8 GPUs each: its size, how long a server takes to start on it, and how
// long questions about it take. `cargo build --release -p forewatch-server --features bench --example full_store` first.

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { Forewatch, target } from "../end2end/harness/forewatch.mjs";
import { report } from "./measure.mjs";

const workers = Number(process.env.WORKERS ?? 1000);
const gpus = Number(process.env.GPUS ?? 8);
const generator = process.env.FULL_STORE_BIN ?? join(target, "release", "examples", "full_store");

const server = new Forewatch();
const path = join(server.folder, "forewatch.db");
const { stdout } = await promisify(execFile)(generator, [path, workers, gpus].map(String));
const full = JSON.parse(stdout);

const begin = performance.now();
await server.start();
const started = (performance.now() - begin) / 1000;
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
  ["opening history", full.opened * 1000, "ms"],
  ["start with the full store", started, "s", 2],
  ...full.asked.map(({ what, median, source, points }) => [`${what} (${source}, ${points} points)`, median * 1000, "ms", aims.get(what)]),
]);
