// 1,000 simulated workers with 8 GPUs each, reporting every 10 s: what the server needs for it, and how long a reading
// takes from its sender to a browser's socket.

import WebSocket from "ws";
import { Forewatch } from "../end2end/harness/forewatch.mjs";
import { percentile, report, usage, wait } from "./measure.mjs";

const workers = Number(process.env.WORKERS ?? 1000);
const seconds = Number(process.env.SECONDS_MEASURED ?? 60);
const probe = "bench-probe";

const server = await Forewatch.start();
const fleet = server.simulate(["--workers", workers, "--gpus", 8, "--tasks-per-second", 50, "--seed", 1, "--interval", "10s"]);

async function workersOnline() {
  return (await server.api("/workers/stats")).online;
}

const patience = Date.now() + 120_000;
while ((await workersOnline()) < workers) {
  if (Date.now() > patience) throw new Error(`only ${await workersOnline()} workers are online:\n${fleet.said.slice(-10).join("\n")}`);
  await wait(500);
}
// One full interval on top, so that the start is not in the numbers.
await wait(12_000);

/** Follows what a browser on the workers' page follows; calls back with each new count of the probe's tasks. */
function follow(onProbe) {
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/api/v1/live`, "forewatch.v1.json", { origin: server.url });
  let bytes = 0;
  socket.on("open", () => socket.send(JSON.stringify({ subscribe: ["system", "workers", "alerts"] })));
  socket.on("message", (text) => {
    bytes += text.length;
    const { topic, kind, data } = JSON.parse(text);
    if (topic !== "workers") return;
    const records = kind === "snapshot" ? data : (data.upsert ?? []);
    const record = records.find(({ worker_id }) => worker_id === probe);
    if (record) onProbe(record.active_tasks);
  });
  return { ready: new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject)), bytes: () => bytes, close: () => socket.close() };
}

const sentAt = new Map();
const delays = [];
const browser = follow((number) => {
  for (const [sent, at] of sentAt) {
    // A later reading that has arrived stands for the ones it replaced within the same tick.
    if (sent <= number) {
      delays.push(performance.now() - at);
      sentAt.delete(sent);
    }
  }
});
await browser.ready;

await server.api("/workers/register", { registration: { worker_id: probe, name: probe, capability: "cpu", tags: [] } });
const before = usage(server.program.child.pid);
const bytesBefore = browser.bytes();
const start = performance.now();
for (let number = 1; performance.now() - start < seconds * 1000; number++) {
  sentAt.set(number, performance.now());
  const timestamp = new Date().toISOString();
  await server.api(`/workers/${probe}/heartbeat`, { worker_id: probe, status: "online", timestamp, metrics: { active_tasks: number } });
  await wait(180 + ((number * 37) % 60));
}
await wait(2_000);
const elapsed = (performance.now() - start) / 1000;
const after = usage(server.program.child.pid);
const bytes = browser.bytes() - bytesBefore;
const online = await workersOnline();
browser.close();
await fleet.stop();
await server.stop();

if (delays.length === 0) throw new Error("no reading of the probe arrived at the browser");
report("fleet", [
  ["simulated workers online, and the probe", online, "workers", workers + 1],
  ["CPU of the server", ((after.cpuSeconds - before.cpuSeconds) / elapsed) * 100, "% of a core"],
  ["memory of the server, resident", after.residentBytes / 1e6, "MB", 400],
  ["memory of the server, peak", after.peakBytes / 1e6, "MB"],
  ["ingest to browser, median", percentile(delays, 0.5), "ms"],
  ["ingest to browser, p99", percentile(delays, 0.99), "ms", 400],
  ["readings of the probe that never arrived", sentAt.size, "readings", 0],
  ["live data to one browser", bytes / elapsed / 1000, "kB/s"],
]);
