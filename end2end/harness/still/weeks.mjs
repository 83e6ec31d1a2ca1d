// What the still world can remember besides its half hour: an hour of last Tuesday, and the same hour a week before with
// three fifths of its load.

import { workers } from "./fleet.mjs";

const seconds = 3_600;
const step = 15;

const hours = [
  { from: "2025-12-23T14:00:00Z", share: 0.6 },
  { from: "2025-12-30T14:00:00Z", share: 1 },
];

/** Every worker's load grows, and no two have the same. */
const load = ({ n }, t) => 0.3 + 0.03 * n + (0.3 * t) / seconds;

function hour({ from, share }) {
  const at = (t) => new Date(Date.parse(from) + t * 1_000).toISOString();
  const heartbeat = (worker, t) => ({
    type: "worker.heartbeat", at: at(t), worker_id: worker.id, status: "online", timestamp: at(t), interval: step, metrics: {},
    host: { cpu_usage: share * load(worker, t) },
  });
  const times = Array.from({ length: seconds / step }, (_, n) => n * step);
  return { from, end: at(seconds), events: times.flatMap((t) => workers.map((worker) => heartbeat(worker, t))) };
}

/** The hours, oldest first: from when until when, and what was told in it. */
export const weeks = hours.map(hour);
