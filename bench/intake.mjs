// An hour of a fleet's heartbeats through the real intake, as fast as the server takes them: 1,000 workers with 8 GPUs each,
// every 10 s, over HTTP, each batch acknowledged before the next is sent. What a million samples cost the server on their way
// to the disk, what they take there, and how long questions about the hour take, over HTTP.
//
// WORKERS (1000), GPUS (8).

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Forewatch } from "../end2end/harness/forewatch.mjs";
import { percentile, report, settled, usage, wait } from "./measure.mjs";

const workers = Number(process.env.WORKERS ?? 1000);
const gpus = Number(process.env.GPUS ?? 8);
const [seconds, interval, together] = [3600, 10, 200];
const times = 9;

/** A number that goes up and down about a middle, another one for each `seed`, as readings do. */
const swing = (seed, at, middle, by) => middle + by * Math.sin(seed * 1.7 + at / 97) + (by / 4) * (Math.random() - 0.5);
const share = (seed, at) => (Math.round(swing(seed, at, 50, 40)) / 100).toString();

function gpu(index, seed, at) {
  const watts = Math.round(swing(seed, at, 400, 250) * 1000) / 1000;
  return `{"index":${index},"uuid":"GPU-${seed}","utilization":${share(seed, at)},"memory_utilization":${share(seed + 1, at)},"memory_used_bytes":${Math.round(swing(seed, at, 4e10, 3e10))},"memory_total_bytes":85520809984,"encoder_utilization":0,"decoder_utilization":0,"temperature_celsius":${Math.round(swing(seed, at, 60, 15))},"memory_temperature_celsius":${Math.round(swing(seed, at, 55, 10))},"power_draw_watts":${watts},"power_limit_watts":700,"energy_joules":${400 * at + seed},"sm_clock_hz":${Math.round(swing(seed, at, 1500, 300)) * 1e6},"memory_clock_hz":2619000000,"throttle_reasons":[],"pcie_rx_bytes_per_second":${Math.round(swing(seed, at, 2e4, 1e4)) * 1e3},"pcie_tx_bytes_per_second":${Math.round(swing(seed, at, 1e4, 5e3)) * 1e3},"pcie_replay_count":0,"ecc_corrected_errors":0,"ecc_uncorrected_errors":0}`;
}

function heartbeat(worker, at, time) {
  const devices = Array.from({ length: gpus }, (_, index) => gpu(index, worker * gpus + index, at)).join();
  return `{"type":"worker.heartbeat","worker_id":"gpu-${worker}","status":"online","timestamp":"${time}","host":{"cpu_usage":${share(worker, at)},"memory_used_bytes":${Math.round(swing(worker, at, 6e10, 3e10))},"memory_total_bytes":135148564480,"disk_used_bytes":${201953820672 + at},"disk_total_bytes":270553174016},"gpus":[${devices}]}`;
}

const server = await Forewatch.start();
const pid = server.program.child.pid;
const register = (worker) => server.api("/workers/register", { registration: { worker_id: `gpu-${worker}`, interval } });
for (let first = 0; first < workers; first += together) {
  await Promise.all(Array.from({ length: Math.min(together, workers - first) }, (_, n) => register(first + n)));
}
const before = await settled(pid);
const end = Date.now();
const took = [];
let bytes = 0;
const begin = performance.now();
for (let at = 0; at < seconds; at += interval) {
  const time = new Date(end - (seconds - at) * 1000).toISOString();
  for (let first = 0; first < workers; first += together) {
    const beats = Array.from({ length: Math.min(together, workers - first) }, (_, n) => heartbeat(first + n, at, time));
    const body = `[${beats.join()}]`;
    bytes += body.length;
    const asked = performance.now();
    const response = await fetch(`${server.url}/api/v1/events`, { method: "POST", headers: { "content-type": "application/json" }, body });
    const { accepted } = await response.json();
    if (accepted !== beats.length) throw new Error(`${accepted} of ${beats.length} heartbeats were taken: ${response.status}`);
    took.push(performance.now() - asked);
  }
}
const sending = (performance.now() - begin) / 1000;
// Two flushes of a minute: all of it is in the store.
await wait(130_000);
const after = await settled(pid);

/** Samples of the hour, counted by the server, of all metrics of workers and GPUs: of those sent, none is missing. */
async function counted() {
  const metrics = (await server.api("/metrics-catalog")).filter(({ labels }) => labels.includes("worker"));
  const counts = {};
  for (const { name } of metrics) {
    const { series } = await server.api(`/query?metric=${name}&from=now-2h&to=now&step=7200&over=count&agg=sum&by=`);
    counts[name] = series.flatMap(({ points }) => points).reduce((sum, [, value]) => sum + (value ?? 0), 0);
  }
  const beats = (workers * seconds) / interval;
  for (const [name, sent] of [["worker.cpu_usage", beats], ["gpu.utilization", beats * gpus]]) {
    if (counts[name] !== sent) throw new Error(`${counts[name]} samples of ${name} are in the store, ${sent} were sent`);
  }
  return Object.values(counts).reduce((sum, count) => sum + count);
}

async function median(query) {
  const asked = [];
  for (let n = 0; n < times; n++) {
    const at = performance.now();
    const answer = await fetch(`${server.url}/api/v1/query?${query}`);
    if (!answer.ok || (await answer.text()).length < 500) throw new Error(`${query}: ${answer.status}`);
    asked.push(performance.now() - at);
  }
  return percentile(asked, 0.5);
}

const samples = await counted();
const questions = [
  ["1 h of one worker at 10 s", "metric=worker.cpu_usage&worker=gpu-1&from=now-65m&to=now&step=10", 2],
  ["1 h of each worker at 60 s", "metric=worker.cpu_usage&from=now-65m&to=now&step=60", 20],
  ["1 h of all GPUs at 60 s, p95", "metric=gpu.utilization&agg=p95&by=&from=now-65m&to=now&step=60"],
];
const answered = [];
for (const [what, query, aim] of questions) answered.push([`${what}, over HTTP`, await median(query), "ms", aim]);
const files = readdirSync(server.folder).filter((name) => name.includes("history"));
const onDisk = files.reduce((sum, name) => sum + statSync(join(server.folder, name)).size, 0);
await server.stop();
const starting = performance.now();
await server.start();
const started = (performance.now() - starting) / 1000;
await server.stop();

report("intake", [
  ["workers", workers, "workers"],
  ["GPUs of each", gpus, "GPUs"],
  ["samples of the hour, counted in the store", samples, "samples"],
  ["an hour of heartbeats, sent and acknowledged", sending, "s"],
  ["bytes of heartbeats", bytes / 1e6, "MB"],
  [`a batch of ${together} heartbeats, acknowledged, median`, percentile(took, 0.5), "ms"],
  ["the same, p99", percentile(took, 0.99), "ms"],
  ["CPU of the server for 1,000,000 samples, to the disk", ((after.cpuSeconds - before.cpuSeconds) / samples) * 1e6, "s", 1],
  ["memory of the server afterwards", after.residentBytes / 1e6, "MB", 400],
  ["memory of the server, peak", after.peakBytes / 1e6, "MB"],
  ["files of history, with their write-ahead logs", onDisk / 1e6, "MB"],
  ["bytes a sample in them", onDisk / samples, "bytes", 4],
  ...answered,
  ["start with it", started, "s", 2],
]);
