// History that lies in Redis: an hour of a fleet's samples, the bytes of Redis that each takes, and how long questions
// about it take, over HTTP; then a day of a larger fleet's, told afterwards as an agent does that was cut off.

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Forewatch } from "../end2end/harness/forewatch.mjs";
import { temporaryFolder } from "../end2end/harness/process.mjs";
import { percentile, report, settled, wait } from "./measure.mjs";
import { Redis } from "./redis.mjs";

const workers = Number(process.env.WORKERS ?? 100);
const many = Number(process.env.DAY_WORKERS ?? 1_000);
const interval = 10;
const times = 15;
const day = 24 * 3_600;

const redis = await Redis.start("everysec");
const config = join(temporaryFolder(), "forewatch.toml");
// What is told of a day ago must not be too old by the time that all of it is told.
writeFileSync(config, '[retention]\nsamples = "2d"\n');
const server = await Forewatch.start({ args: ["--config", config], env: { FOREWATCH_STORE: redis.url } });
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

/** A day of one worker, up to the moment at which the fleet's day ends. */
function told(worker, end) {
  const load = (back) => [end / 1000 - back, 0.5 + 0.4 * Math.sin(worker + back / 600)];
  const points = Array.from({ length: day / interval - 1 }, (_, n) => load(day - (n + 1) * interval));
  const at = new Date(end).toISOString();
  return { ...beat(worker, end), worker_id: `day-${worker}`, timestamp: at, samples: [{ metric: "worker.cpu_usage", points }] };
}

async function fillDay() {
  const [begin, end] = [performance.now(), Date.now()];
  for (let worker = 0; worker < many; worker++) {
    await server.api("/workers/register", { registration: { worker_id: `day-${worker}` } });
    const { accepted } = await server.api("/events", [told(worker, end)]);
    if (accepted !== 1) throw new Error(`the day of worker ${worker} was not taken`);
  }
  // Its hours are brought to minutes and hours one after the other, between flushes of a minute.
  await wait(130_000);
  await settled(server.program.child.pid);
  return (performance.now() - begin) / 1000;
}

const one = await ask("metric=worker.cpu_usage&worker=gpu-1&from=now-1h&to=now&step=10");
const each = await ask("metric=worker.cpu_usage&from=now-1h&to=now&step=60");
const before = memory();
const filling = await fillDay();
const ofDay = await ask("metric=worker.cpu_usage&from=now-24h&to=now&step=300");
report("redis-history", [
  ["workers", workers, "workers"],
  ["an hour of heartbeats sent", sending, "s"],
  ["memory of Redis, log and state among it", memory() / 1e6, "MB"],
  [`1 h of one worker (${one.points} points)`, one.median, "ms", 2],
  ["1 h of one worker, the longest", one.longest, "ms"],
  [`1 h of each worker at 60 s (${each.points} points)`, each.median, "ms", 20],
  ["1 h of each worker at 60 s, the longest", each.longest, "ms"],
  ["workers that tell of a day", many, "workers"],
  ["telling it, until it is in hours and minutes", filling, "s"],
  ["memory of Redis that it takes", (memory() - before) / 1e6, "MB"],
  [`24 h of each worker at 5 min (${ofDay.points} points, from ${ofDay.source})`, ofDay.median, "ms", 50],
  ["24 h of each worker at 5 min, the longest", ofDay.longest, "ms"],
]);
await server.stop();
await redis.stop();
