// Real tasks of every kind (success, retry, failure, revoked, expired, later, chain, group, chord, terminated) on two real
// workers: what Forewatch shows of each beside what Celery's own State and the result backend say; exits with 1 when one differs.
//
//   TASKS=5000 bench/run truth

import { Celery, Redis } from "../end2end/harness/celery.mjs";
import { Forewatch } from "../end2end/harness/forewatch.mjs";
import { eventually } from "../end2end/harness/process.mjs";
import { report, wait } from "./measure.mjs";

const tasks = Number(process.env.TASKS ?? 500);
const patience = { within: 900_000, every: 1_000 };
/** The names of Celery's final states. */
const final = new Set(["SUCCESS", "FAILURE", "REVOKED"]);

const redis = await Redis.start();
const server = await Forewatch.start({ args: ["--celery", redis.url] });
const workers = [
  await Celery.start(redis, { name: "gpu", queues: "gpu_priority" }),
  await Celery.start(redis, { name: "cpu", queues: "cpu_standard" }),
];
const [application] = workers;
await eventually("both workers are seen", async () => (await server.api("/workers")).items.filter((worker) => worker.is_online).length === 2);
// They tell of their tasks once they are asked to.
await wait(3_000);
const state = await application.state();

const begun = performance.now();
const kinds = application.run("mix.py", String(tasks));
kinds.terminated = application.send(...Array.from({ length: 4 }, (_, n) => ["slow", [600], n % 2 ? "gpu_priority" : "cpu_standard"]));
const ids = Object.values(kinds).flat();
const running = async () => (await server.api("/tasks?status=processing&limit=100")).items.filter(({ task_id }) => kinds.terminated.includes(task_id));
await eventually("those that are to be terminated run", async () => (await running()).length === kinds.terminated.length, patience);
application.run("terminate.py", JSON.stringify(kinds.terminated));
const results = () => application.run("results.py", "", JSON.stringify(ids));
await eventually("all have ended", () => Object.values(results()).every((state) => final.has(state)), patience);
const took = (performance.now() - begun) / 1000;
// Whoever reads last has read it by then.
await wait(5_000);

/** All that Forewatch has, by id. */
async function shown() {
  const found = new Map();
  let cursor = "";
  do {
    const page = await server.api(`/tasks?limit=1000${cursor && `&cursor=${cursor}`}`);
    for (const task of page.items) found.set(task.task_id, task);
    cursor = page.next_cursor && encodeURIComponent(page.next_cursor);
  } while (cursor);
  return found;
}

const ours = await shown();
const theirs = (await state.told()).tasks;
const backend = results();
const wrong = { state: 0, backend: 0, other: 0, ended: 0 };
/** Told once a kind of difference. */
function differs(what, id) {
  if (wrong[what]++ === 0) console.error(`${what}: ${JSON.stringify([ours.get(id), theirs[id], backend[id]])}`);
}
for (const id of ids) {
  const [our, their] = [ours.get(id), theirs[id]];
  if (our?.source_state !== their?.state) differs("state", id);
  if (our?.source_state !== backend[id]) differs("backend", id);
  const same = our && their && (our.name ?? null) === their.name && our.retry_count === their.retries && our.worker_id === `celery:${their.worker}`;
  if (!same) differs("other", id);
  const end = their?.succeeded ?? their?.revoked ?? their?.failed;
  if (!our?.completed_at || !end || Math.abs(Date.parse(our.completed_at) / 1000 - end) > 0.002) differs("ended", id);
}
const known = new Set(ids);
const strangers = [...ours.keys()].filter((id) => !known.has(id)).length;
const source = (await server.api("/sources")).items.find(({ name }) => name === "celery");
report("truth", [
  ...Object.entries(kinds).map(([kind, { length }]) => [`tasks: ${kind}`, length, "tasks"]),
  ["all of them, from the first sent to the last ended", took, "s"],
  ["tasks in Forewatch", ours.size, "tasks", ids.length],
  ["that nobody sent", strangers, "tasks", 0],
  ["in another state than in Celery's State", wrong.state, "tasks", 0],
  ["in another state than in the result backend", wrong.backend, "tasks", 0],
  ["with another name, worker or count of retries", wrong.other, "tasks", 0],
  ["that ended at another time", wrong.ended, "tasks", 0],
  ["events lost", source.lost_events, "events", 0],
  ["events rejected", source.rejected, "events", 0],
]);
for (const worker of workers) await worker.stop();
await server.stop();
await redis.stop();
const mistakes = Object.values(wrong).reduce((sum, count) => sum + count, strangers + source.lost_events + source.rejected);
process.exit(mistakes === 0 ? 0 : 1);
