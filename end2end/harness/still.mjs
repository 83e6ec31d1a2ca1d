// A world that stands still: the same workers, tasks, queues and alerts each time, and no rule that would raise more.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Forewatch } from "./forewatch.mjs";
import { eventually, temporaryFolder } from "./process.mjs";

const ago = (seconds) => new Date(Date.now() - seconds * 1_000).toISOString();
const GB = 1e9;

const workers = ["fra-01", "fra-02", "fra-03", "ams-01", "ams-02", "cpu-01"].map((id, n) => ({
  id,
  site: id.slice(0, 3),
  gpus: id.startsWith("cpu") ? 0 : 4,
  load: 0.2 + 0.12 * n,
  status: id === "ams-02" ? "maintenance" : n % 2 ? "busy" : "online",
}));

function registration({ id, site, gpus }) {
  const hardware = { cpu_cores: 32, memory_gb: 128, gpu_count: gpus, gpu_models: Array(gpus).fill("NVIDIA L40S") };
  const capability = gpus > 0 ? "gpu" : "cpu";
  return { worker_id: id, name: id, capability, hardware, location: { hostname: id }, tags: [`site:${site}`], version: "4.2.0", max_concurrent_tasks: 8 };
}

function heartbeat({ id, gpus, load, status }) {
  const gpu = (index) => ({ index, name: "NVIDIA L40S", utilization: Math.min(1, load + index / 10), memory_used_bytes: 20 * GB, memory_total_bytes: 48 * GB, temperature_celsius: 60 + index, power_draw_watts: 200 });
  const host = { cpu_usage: load, memory_used_bytes: 64 * GB, memory_total_bytes: 128 * GB, disk_used_bytes: 400 * GB, disk_total_bytes: 900 * GB, uptime: 864_000 };
  return {
    worker_id: id, status, timestamp: new Date().toISOString(), version: "4.2.0", interval: 10, host,
    metrics: { cpu_usage: load, memory_usage: 0.5, active_tasks: 2, completed_tasks: 120, failed_tasks: 2 },
    gpus: Array.from({ length: gpus }, (_, index) => gpu(index)),
  };
}

function events() {
  const tasks = Array.from({ length: 9 }, (_, n) => {
    const task = { task_id: `still-${n}`, content_type: "video", name: ["render", "transcribe", "resize"][n % 3], queue: ["gpu_priority", "cpu_standard"][n % 2] };
    const at = 600 + n * 10;
    const all = [{ type: "task.submitted", at: ago(at), ...task }];
    if (n > 1) all.push({ type: "task.started", at: ago(at - 3), task_id: task.task_id, worker_id: "fra-01" });
    if (n > 3 && n < 7) all.push({ type: "task.completed", at: ago(at - 60), task_id: task.task_id, worker_id: "fra-01" });
    if (n >= 7) all.push({ type: "task.failed", at: ago(at - 60), task_id: task.task_id, worker_id: "fra-01", error_message: "OutOfMemoryError: CUDA out of memory" });
    return all;
  });
  const queue = (name, pending) => ({ type: "queue.sampled", at: ago(1), queue: name, pending });
  return [...tasks.flat(), queue("gpu_priority", 120), queue("cpu_standard", 4), queue("gpu_fallback", 0)];
}

/** A server without rules. They are named by the server itself. */
async function quietServer() {
  const asking = await Forewatch.start();
  const { items } = await asking.api("/rules");
  await asking.stop();
  const config = join(temporaryFolder(), "forewatch.toml");
  writeFileSync(config, items.map(({ rule_id }) => `[[rule]]\nid = "${rule_id}"\nenabled = false\n`).join("\n"));
  return Forewatch.start({ args: ["--config", config] });
}

/** The world: its server, what has a page of its own, and what ends it. */
export async function stillWorld() {
  const server = await quietServer();
  const beat = async () => {
    for (const worker of workers) await server.api(`/workers/${worker.id}/heartbeat`, heartbeat(worker));
  };
  for (const worker of workers) await server.api("/workers/register", { registration: registration(worker) });
  await beat();
  const timer = setInterval(() => beat().catch(() => {}), 2_000);
  const { rejected } = await server.api("/events", events());
  if (rejected.length > 0) throw new Error(JSON.stringify(rejected));
  const raise = (title, more) => server.raiseAlert(title, more);
  const alert = await raise("The GPU of fra-02 has fallen off the bus", { severity: "critical", component: "worker", component_id: "fra-02" });
  await raise("Renders fail more often than usual", { severity: "error", component: "queue", component_id: "gpu_priority" });
  const taken = await raise("The disk of ams-01 fills up", { severity: "warning", component: "worker", component_id: "ams-01" });
  await server.api(`/alerts/${taken.alert_id}/acknowledge`, {});
  await eventually("all of it is known", async () => {
    const known = (await server.api("/workers?limit=100")).items.length === workers.length;
    return known && (await server.api("/tasks?status=failed&limit=50")).items.length === 2;
  });
  const stop = async () => {
    clearInterval(timer);
    await server.stop();
  };
  return { server, things: { worker: "fra-01", failedTask: "still-8", alert }, stop };
}
