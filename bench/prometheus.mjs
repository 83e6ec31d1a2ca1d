// Prometheus beside Forewatch: the same samples of an hour of a simulated fleet in both, the bytes that each takes for
// one, and how long the same questions take over HTTP. The ratio counts: both run on the same machine in the same run.
//
// `cargo build --release -p forewatch-server --features bench --example full_store` first.

import { execFile, spawn } from "node:child_process";
import { createWriteStream, readdirSync, statSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { Forewatch, target } from "../end2end/harness/forewatch.mjs";
import { Program, freePort, temporaryFolder } from "../end2end/harness/process.mjs";
import { fullStore } from "./full-store.mjs";
import { percentile, report } from "./measure.mjs";

const run = promisify(execFile);
const workers = Number(process.env.PROMETHEUS_WORKERS ?? 100);
const gpus = 8;
const times = 15;
/** The least that an answer has: a character for each point of an hour at 10 s. */
const points = 360;
const forewatch = process.env.FOREWATCH_BIN ?? join(target, "release", "forewatch");

/** Bytes of all files under a folder. */
function bytesUnder(folder) {
  const entries = readdirSync(folder, { recursive: true }).map((name) => statSync(join(folder, name)));
  return entries.filter((entry) => entry.isFile()).reduce((sum, entry) => sum + entry.size, 0);
}

/** The samples of a metric, by series, as OpenMetrics has them; and how many they are. */
async function exposed(store, metric, kind, from, to) {
  const args = ["export", "samples", "--from", from, "--to", to, "--metric", metric, "--store", store];
  const child = spawn(forewatch, args, { stdio: ["ignore", "pipe", "inherit"] });
  const name = metric.replaceAll(".", "_");
  const series = new Map();
  let count = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const { at, worker, queue, gpu, value } = JSON.parse(line);
    const labels = Object.entries({ worker, queue, gpu }).filter(([, text]) => text !== undefined && text !== null);
    const key = `${name}{${labels.map(([label, text]) => `${label}=${JSON.stringify(String(text))}`).join(",")}}`;
    if (!series.has(key)) series.set(key, []);
    series.get(key).push(`${key} ${value} ${Date.parse(at) / 1000}`);
    count += 1;
  }
  const lines = [...series.values()].flat();
  return { text: count === 0 ? "" : `# TYPE ${name} ${kind === "counter" ? "unknown" : kind}\n${lines.join("\n")}\n`, count };
}

/** Milliseconds that a question takes, the median of some. */
async function median(url) {
  const took = [];
  for (let n = 0; n < times; n++) {
    const begin = performance.now();
    const answer = await fetch(url);
    const text = await answer.text();
    if (!answer.ok || text.length < points) throw new Error(`${url}: ${answer.status} ${text.slice(0, 200)}`);
    took.push(performance.now() - begin);
  }
  return percentile(took, 0.5);
}

const server = new Forewatch();
const store = `sqlite:${join(server.folder, "forewatch.db")}`;
const hour = (Math.floor(Date.now() / 3_600_000) - 1) * 3_600;
const { filled } = await fullStore(store, server.folder, workers, gpus);
const [from, to] = [hour, hour + 3_600].map((seconds) => new Date(seconds * 1000).toISOString());

await server.start();
const { items } = await server.api("/metrics-catalog").then((list) => (Array.isArray(list) ? { items: list } : list));
await server.stop();

const folder = temporaryFolder();
const file = createWriteStream(join(folder, "samples.txt"));
let samples = 0;
for (const { name, type } of items) {
  const { text, count } = await exposed(store, name, type, from, to);
  samples += count;
  if (!file.write(text)) await once(file, "drain");
}
file.end("# EOF\n");
await once(file, "finish");
const blocks = join(folder, "data");
await run("promtool", ["tsdb", "create-blocks-from", "openmetrics", "--quiet", join(folder, "samples.txt"), blocks]);

const port = await freePort();
const config = join(folder, "prometheus.yml");
createWriteStream(config).end("scrape_configs: []\n");
const args = [`--config.file=${config}`, `--storage.tsdb.path=${blocks}`, `--web.listen-address=127.0.0.1:${port}`, "--storage.tsdb.retention.time=10y"];
const prometheus = new Program("prometheus", args);
await prometheus.says(/Server is ready to receive web requests/);
await server.start();

const questions = [
  ["1 h of one worker at 10 s", 'worker_cpu_usage{worker=~"sim-001[.].*"}', "worker=sim-001.*", 10],
  ["1 h of each worker at 60 s", "avg_over_time(worker_cpu_usage[1m])", "", 60],
  ["1 h of each GPU at 60 s", "avg_over_time(gpu_utilization[1m])", "", 60],
];
const rows = [
  ["samples in both", samples, "samples"],
  ["bytes a sample, Prometheus", bytesUnder(blocks) / samples, "bytes"],
  ["bytes a sample, Forewatch", filled.hour.samples / filled.samples, "bytes", 2],
];
rows.push(["bytes, Forewatch over Prometheus", rows[2][1] / rows[1][1], "times", 1]);
for (const [what, promql, labels, step] of questions) {
  const theirs = await median(`http://127.0.0.1:${port}/api/v1/query_range?query=${encodeURIComponent(promql)}&start=${hour}&end=${hour + 3_590}&step=${step}`);
  const metric = promql.includes("gpu_") ? "gpu.utilization" : "worker.cpu_usage";
  const ours = await median(`${server.url}/api/v1/query?metric=${metric}&${labels}&from=${from}&to=${to}&step=${step}`.replace("&&", "&"));
  rows.push([`${what}, Prometheus`, theirs, "ms"], [`${what}, Forewatch`, ours, "ms"], [`${what}, Forewatch over Prometheus`, ours / theirs, "times", 1]);
}
await prometheus.stop();
await server.stop();
report("prometheus", rows);
