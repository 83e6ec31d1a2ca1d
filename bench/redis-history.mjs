// History that lies in Redis: an hour of a fleet's samples, the bytes of Redis that each takes, and how long questions
// about it take, over HTTP. What takes days to fill (`bench/history.mjs` has it for SQLite) is not measured here.

import { execFileSync } from "node:child_process";
import { Forewatch } from "../end2end/harness/forewatch.mjs";
import { percentile, report, wait } from "./measure.mjs";
import { Redis } from "./redis.mjs";

const workers = Number(process.env.WORKERS ?? 100);
const interval = 10;
const times = 15;

const redis = await Redis.start("everysec");
const server = await Forewatch.start({ env: { FOREWATCH_STORE: redis.url } });
const memory = () => {
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
  for (let n = 0; n < times; n++) {
    const at = performance.now();
    const answer = await server.api(`/query?${query}`);
    took.push(performance.now() - at);
    points = answer.series.flatMap((series) => series.points).filter(([, value]) => value !== null).length;
  }
  if (points === 0) throw new Error(`${query} has no point`);
  return { points, median: percentile(took, 0.5), longest: Math.max(...took) };
}

const one = await ask("metric=worker.cpu_usage&worker=gpu-1&from=now-1h&to=now&step=10");
const each = await ask("metric=worker.cpu_usage&from=now-1h&to=now&step=60");
report("redis-history", [
  ["workers", workers, "workers"],
  ["an hour of heartbeats sent", sending, "s"],
  ["memory of Redis, log and state among it", memory() / 1e6, "MB"],
  [`1 h of one worker (${one.points} points)`, one.median, "ms", 2],
  ["1 h of one worker, the longest", one.longest, "ms"],
  [`1 h of each worker at 60 s (${each.points} points)`, each.median, "ms", 20],
  ["1 h of each worker at 60 s, the longest", each.longest, "ms"],
]);
await server.stop();
await redis.stop();
