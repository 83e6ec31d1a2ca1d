// Half an hour of a small fleet, the same every time: what its workers, queues and tasks tell at a moment. Things go wrong
// in it as they do: a host falls silent, a device gets hot, one queue grows, one kind of task fails.

const GIB = 1_073_741_824;

/** Whole numbers from a seed (mulberry32), as fractions of one. */
function seeded(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What a figure has at second `t`: a slow wave with a little noise, between 0 and 1. */
function wave(seed, t, middle, swing) {
  const noise = seeded(seed * 7_919 + t)() - 0.5;
  const value = middle + swing * Math.sin(t / 240 + seed * 1.7) + swing * 0.4 * noise;
  return Math.min(0.995, Math.max(0.005, value));
}

export const workers = ["fra-gpu-1", "fra-gpu-2", "fra-gpu-3", "fra-gpu-4", "ams-gpu-1", "ams-gpu-2", "fra-cpu-1", "ams-cpu-1"].map(
  (id, n) => ({ id, n, gpus: id.includes("gpu") ? 4 : 0, tags: [`site:${id.slice(0, 3)}`] }),
);

/** Falls silent in the middle. */
export const silent = { id: "ams-gpu-2", from: 1_080 };

export function registration({ id, gpus, tags }) {
  return {
    worker_id: id, name: id, capability: gpus > 0 ? "gpu" : "cpu", max_concurrent_tasks: 8, tags, interval: 10, version: "5.5.2", reporter: "agent",
    hardware: { cpu_cores: 64, memory_gb: 512, gpu_count: gpus, gpu_memory_gb: gpus * 45, gpu_models: Array(gpus).fill("NVIDIA L40S"), disk_space_gb: 7_680 },
    location: { hostname: id, ip_address: `10.0.${id.startsWith("fra") ? 1 : 2}.${10 + Number(id.at(-1))}`, is_remote: true },
  };
}

function device(worker, index, t) {
  const seed = worker.n * 16 + index + 1;
  const isHot = worker.id === "fra-gpu-3" && index === 2 && t > 1_320;
  const used = wave(seed, t, 0.72, 0.22);
  return {
    index, uuid: `GPU-00000000-0000-4000-8000-0000000000${String(seed).padStart(2, "0")}`, name: "NVIDIA L40S", driver_version: "570.86.10",
    utilization: used, memory_used_bytes: Math.round(45 * GIB * wave(seed + 100, t, 0.6, 0.12)), memory_total_bytes: 45 * GIB,
    temperature_celsius: Math.round(isHot ? 89 + 2 * used : 48 + 24 * used), slowdown_temperature_celsius: 88, fan_speed: 0.35 + 0.3 * used,
    power_draw_watts: Math.round(90 + 250 * used), power_limit_watts: 350, sm_clock_hz: (isHot ? 1_410 : 2_460) * 1e6, memory_clock_hz: 9_001e6,
    throttle_reasons: isHot ? ["sw_thermal_slowdown"] : [], performance_state: 0, pcie_generation: 4, pcie_width: 16,
    pcie_rx_bytes_per_second: Math.round(9e8 * used), pcie_tx_bytes_per_second: Math.round(2e8 * used),
  };
}

function heartbeat(worker, t, at) {
  const cpu = wave(worker.n + 300, t, worker.gpus > 0 ? 0.42 : 0.68, 0.16);
  return {
    type: "worker.heartbeat", at, worker_id: worker.id, status: "online", timestamp: at, interval: 10, metrics: {},
    host: {
      cpu_usage: cpu, memory_used_bytes: Math.round(512 * GIB * wave(worker.n + 400, t, 0.5, 0.08)), memory_total_bytes: 512 * GIB,
      disk_used_bytes: 3_100e9 + worker.n * 250e9 + t * 1e6, disk_total_bytes: 7_680e9, load_average: [64 * cpu, 60 * cpu, 55 * cpu],
      network_rx_bytes: 4e12 + t * 6e7 + worker.n * 1e11, network_tx_bytes: 1e12 + t * 2e7, uptime: 864_000 + t,
    },
    gpus: Array.from({ length: worker.gpus }, (_, index) => device(worker, index, t)),
  };
}

const queues = [
  { queue: "gpu_priority", pending: (t) => Math.round(10 + Math.max(0, t - 900) * 0.14) },
  { queue: "gpu_fallback", pending: (t) => Math.round(8 * wave(500, t, 0.4, 0.3)) },
  { queue: "cpu_standard", pending: (t) => Math.round(40 * wave(501, t, 0.5, 0.35)) },
  { queue: "cpu_batch", pending: (t) => Math.round(60 * wave(502, t, 0.4, 0.3)) },
];

/** What all workers and queues tell at second `t`. */
export function readings(t, at) {
  const heard = workers.filter(({ id }) => id !== silent.id || t < silent.from);
  return [
    ...heard.map((worker) => heartbeat(worker, t, at)),
    ...queues.map(({ queue, pending }) => ({ type: "queue.sampled", at, queue, pending: pending(t) })),
  ];
}

const kinds = [
  { name: "media.transcode", queue: "gpu_priority", content_type: "video", gpus: true, seconds: 38, failing: "CUDA out of memory: tried to allocate 2.4 GiB" },
  { name: "image.caption", queue: "gpu_fallback", content_type: "image", gpus: true, seconds: 9 },
  { name: "text.embed", queue: "cpu_standard", content_type: "text", seconds: 4, failing: "ConnectionError: 10.0.9.4:6333 refused the connection" },
  { name: "report.build", queue: "cpu_batch", content_type: "document", seconds: 62 },
];
const users = ["ada", "grace", "linus", "margaret"];

/** Every task of the half hour, event by event, in the order of time; seconds from its begin. */
export function taskEvents(seconds) {
  const random = seeded(2_026);
  const events = [];
  for (let n = 0, t = 4; t < seconds; n += 1, t += 1 + random() * 5) {
    const kind = kinds[Math.floor(random() * kinds.length)];
    const able = workers.filter(({ id, gpus }) => gpus > 0 === Boolean(kind.gpus) && id !== silent.id);
    const worker_id = able[Math.floor(random() * able.length)].id;
    // Their short forms, which lists show, differ.
    const head = ((n * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, "0");
    const task_id = `${head}-7425-40de-944b-${String(n).padStart(12, "0")}`;
    const waited = 0.4 + random() * (kind.queue === "gpu_priority" && t > 900 ? 90 : 6);
    const ran = kind.seconds * (0.5 + random());
    const isFailure = kind.failing && random() < (t > 1_100 ? 0.22 : 0.04);
    const user_id = users[Math.floor(random() * users.length)];
    const about = { content_type: kind.content_type, name: kind.name, queue: kind.queue, user_id, priority: 3 };
    events.push({ t, type: "task.submitted", task_id, ...about, args: `("s3://media/${n}.bin",)`, kwargs: "{}", input_file_size: Math.round(3e7 * random()) });
    events.push({ t: t + waited, type: "task.started", task_id, worker_id });
    events.push(
      isFailure
        ? { t: t + waited + ran * 0.3, type: "task.failed", task_id, worker_id, error_message: kind.failing, traceback: `Traceback (most recent call last):\n  File "tasks.py", line 88, in run\n${kind.failing}` }
        : { t: t + waited + ran, type: "task.completed", task_id, worker_id, runtime: ran, gpu_time: kind.gpus ? ran * 0.8 : undefined, memory_peak: Math.round(2 * GIB * (1 + random())) },
    );
  }
  return events.filter(({ t }) => t <= seconds).sort((a, b) => a.t - b.t);
}
