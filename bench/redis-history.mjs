// History that lies in Redis: an hour of a fleet's samples by the usual way, and how long questions about it take, over
// HTTP; then two years of a larger fleet's, written by Forewatch's own writer. A GPU takes as much as a worker: without any,
// 1,000 workers take a gigabyte of Redis.
// `cargo build --release -p forewatch-server --features bench --example full_store` first.

import { execFileSync } from "node:child_process";
import { Forewatch } from "../end2end/harness/forewatch.mjs";
import { temporaryFolder } from "../end2end/harness/process.mjs";
import { answers, fullStore, overHttp } from "./full-store.mjs";
import { percentile, report, usage, wait } from "./measure.mjs";
import { Redis } from "./redis.mjs";

const workers = Number(process.env.WORKERS ?? 100);
const [many, gpus] = [Number(process.env.FULL_WORKERS ?? 1_000), Number(process.env.FULL_GPUS ?? 0)];
const interval = 10;
const times = 15;

const redis = await Redis.start("everysec");
const server = await Forewatch.start({ env: { FOREWATCH_STORE: redis.url } });
const memory = (redis) => {
  const said = execFileSync("redis-cli", ["-p", String(redis.port), "INFO", "memory"], { encoding: "utf8" });
  return Number(said.match(/^used_memory:(\d+)/m)[1]);
};

const beat = (worker, at) => ({
  type: "worker.heartbeat",
  worker_id: `gpu-${worker}`,
  status: "online",
  timestamp: new Date(at).toISOString(),
  metrics: { cpu_usage_percent: 50 + 40 * Math.sin(worker + at / 600_000), memory_usage_percent: 40 + (worker % 50) },
});
for (let worker = 0; worker < workers; worker++) {
  await server.api("/workers/register", { registration: { worker_id: `gpu-${worker}` } });
}
const end = Date.now();
const begin = performance.now();
for (let back = 3600; back > 0; back -= interval) {
  const batch = Array.from({ length: workers }, (_, worker) => beat(worker, end - back * 1000));
  const { accepted } = await server.api("/events", batch);
  if (accepted !== workers) throw new Error(`${accepted} of ${workers} heartbeats were taken`);
}
const sending = (performance.now() - begin) / 1000;
// Two flushes of a minute: what was sent is in Redis.
await wait(130_000);

async function ask(query) {
  const took = [];
  let points = 0;
  let source;
  for (let n = 0; n < times; n++) {
    const at = performance.now();
    const answer = await server.api(`/query?${query}`);
    took.push(performance.now() - at);
    source = answer.source;
    points = answer.series.flatMap((series) => series.points).filter(([, value]) => value !== null).length;
  }
  if (points === 0) throw new Error(`${query} has no point`);
  return { points, source, median: percentile(took, 0.5), longest: Math.max(...took) };
}

const one = await ask("metric=worker.cpu_usage&worker=gpu-1&from=now-1h&to=now&step=10");
const each = await ask("metric=worker.cpu_usage&from=now-1h&to=now&step=60");
const used = memory(redis);
await server.stop();
await redis.stop();

const fullRedis = await Redis.start("everysec");
const folder = temporaryFolder();
const full = await fullStore(fullRedis.url, folder, many, gpus);
const took = memory(fullRedis);
const starting = performance.now();
const watching = await Forewatch.start({ env: { FOREWATCH_STORE: fullRedis.url } });
const started = (performance.now() - starting) / 1000;
const asked = await overHttp(watching);
const resident = usage(watching.program.child.pid).residentBytes;
await watching.stop();
await fullRedis.stop();

report("redis-history", [
  ["workers", workers, "workers"],
  ["an hour of heartbeats sent", sending, "s"],
  ["memory of Redis, log and state among it", used / 1e6, "MB"],
  [`1 h of one worker (${one.points} points)`, one.median, "ms", 2],
  ["1 h of one worker, the longest", one.longest, "ms"],
  [`1 h of each worker at 60 s (${each.points} points)`, each.median, "ms", 20],
  ["1 h of each worker at 60 s, the longest", each.longest, "ms"],
  [`two years of ${many} workers with ${gpus} GPUs each, written and asked`, full.took, "s"],
  ["samples of an hour", full.filled.samples, "samples"],
  ["bytes of blocks a sample", full.filled.hour.samples / full.filled.samples, "bytes", 4],
  ["memory of Redis that all tiers take", took / 1e6, "MB"],
  ["memory of what wrote and asked, peak", full.peakBytes / 1e6, "MB"],
  ["start of the server on it", started, "s", 2],
  ["memory of the server after questions, resident", resident / 1e6, "MB"],
  ...answers(full),
  ...asked,
]);
