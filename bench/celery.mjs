// A burst of Celery events, published to a real Redis: whether all are seen and every total is exact, what they cost, and how
// long the lists of so many tasks take. Then the same burst at Flower, which is installed for it into the target folder.
//
//   TASKS=100000 RATE=100000 PEER=flower|none bench/run celery
//
// RATE is events a second; 0 publishes all at once, more than Redis holds for a subscriber: then what was cut off must be counted.

import { Redis } from "../end2end/harness/celery.mjs";
import { Forewatch } from "../end2end/harness/forewatch.mjs";
import { eventually } from "../end2end/harness/process.mjs";
import { publish } from "./celery/burst.mjs";
import { startFlower } from "./flower.mjs";
import { percentile, report, settled, usageOfThreads } from "./measure.mjs";

const tasks = Number(process.env.TASKS ?? 100_000);
const rate = Number(process.env.RATE ?? 100_000);
const peer = process.env.PEER ?? "flower";
const times = 9;
const patience = { within: 900_000, every: 500 };

/** What a burst cost a program: milliseconds of CPU for 10,000 events. */
const cost = (before, after, events) => ((after.cpuSeconds - before.cpuSeconds) / events) * 10_000 * 1000;

async function median(ask) {
  const took = [];
  for (let n = 0; n < times; n++) {
    const begin = performance.now();
    await ask();
    took.push(performance.now() - begin);
  }
  return percentile(took, 0.5);
}

async function atForewatch() {
  const redis = await Redis.start();
  const server = await Forewatch.start({ args: ["--celery", redis.url] });
  const pid = server.program.child.pid;
  const source = async () => (await server.api("/sources")).items.find(({ name }) => name.startsWith("celery"));
  await eventually("the broker is heard", async () => (await source())?.state === "up");
  const before = await settled(pid);
  const recorded = usageOfThreads(pid, "projector");
  const sent = await publish(redis, tasks, rate);
  const seen = ({ events, rejected, lost_events }) => events + rejected + lost_events;
  let last = -1;
  await eventually(
    "nothing more comes",
    async () => {
      const now = seen(await source());
      const done = now >= sent.events || now === last;
      last = now;
      return done;
    },
    { ...patience, every: 3_000 },
  );
  const after = await settled(pid);
  // The projector writes the records of tasks, and what they are found by; the rest reads, applies and journals.
  const recording = usageOfThreads(pid, "projector") - recorded;
  const journalled = { cpuSeconds: after.cpuSeconds - recording };
  const told = await source();
  // A list counts up to 100,000 only; groups count all that ended.
  const groups = (await server.api("/tasks/groups?by=worker")).items;
  const ended = (how) => groups.reduce((sum, group) => sum + group[how], 0);
  const [succeeded, failed] = [ended("completed"), ended("failed")];
  const open = (await server.api("/tasks?limit=1&status=pending&status=processing")).total;
  const list = (path) => median(() => server.api(path));
  const aim = (figure) => (rate === 0 ? undefined : figure);
  const rows = [
    ["events published", sent.events, "events"],
    ["published within", sent.seconds, "s", 4],
    ["Forewatch: events seen", told.events, "events", aim(sent.events)],
    ["Forewatch: lost, and counted", told.lost_events, "events", aim(0)],
    ["Forewatch: completed tasks too many or too few", Math.abs(succeeded - sent.ended.succeeded), "tasks", aim(0)],
    ["Forewatch: failed tasks too many or too few", Math.abs(failed - sent.ended.failed), "tasks", aim(0)],
    ["Forewatch: tasks that are left open", open, "tasks", aim(0)],
    ["Forewatch: CPU for 10,000 events, journalled, recorded and to be searched", cost(before, after, told.events), "ms"],
    ["Forewatch: the same, applied and journalled only", cost(before, journalled, told.events), "ms"],
    ["Forewatch: memory", after.residentBytes / 1e6, "MB", tasks > 100_000 ? 150 : 100],
    ["Forewatch: memory, peak", after.peakBytes / 1e6, "MB"],
    ["Forewatch: first page of all tasks", await list("/tasks"), "ms", 20],
    ["Forewatch: first page of failed tasks of a name", await list("/tasks?status=failed&name=render.frame"), "ms", 20],
    ["Forewatch: first page of a search in texts", await list("/tasks?q=bad%20frame"), "ms", 20],
    ["Forewatch: groups by error", await list("/tasks/groups?by=error"), "ms"],
    ["Forewatch: groups by name", await list("/tasks/groups?by=name"), "ms"],
  ];
  await server.stop();
  await redis.stop();
  return rows;
}

async function atFlower() {
  const redis = await Redis.start();
  const { program, seen } = await startFlower(redis, tasks, patience);
  const before = await settled(program.child.pid);
  const sent = await publish(redis, tasks, rate);
  const after = await settled(program.child.pid);
  const events = await seen();
  await program.stop();
  await redis.stop();
  return [
    ["Flower: events published", sent.events, "events"],
    ["Flower: events seen", events, "events"],
    ["Flower: CPU for 10,000 events that it saw", cost(before, after, events), "ms"],
    ["Flower: memory", after.residentBytes / 1e6, "MB"],
  ];
}

report("celery", await atForewatch());
if (peer === "flower") report("celery-flower", await atFlower());
