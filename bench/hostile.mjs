// What a broken or wicked Celery application may publish: names and errors that are markup, arguments of 10 MB, deep
// nesting, bytes that are no text, and as many names as tasks. The memory that this takes, whether everything still answers,
// and whether something of it reaches a page as markup; exits with 1 when not all is as it must be.
//
//   NAMES=1000000 RATE=15000 bench/run hostile

import { Redis } from "../end2end/harness/celery.mjs";
import { Forewatch } from "../end2end/harness/forewatch.mjs";
import { eventually } from "../end2end/harness/process.mjs";
import { Broker } from "./celery/broker.mjs";
import { percentile, report, usage, wait } from "./measure.mjs";

const names = Number(process.env.NAMES ?? 200_000);
const rate = Number(process.env.RATE ?? 15_000);
/** Messages that are sent at once. */
const piece = 100;
const markup = `<script>alert(1)</script><img src=x onerror=alert(2)>"'&{{7*7}}\u202e`;
const uuid = (n) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;
const host = "wicked@host";

const redis = await Redis.start();
const server = await Forewatch.start({ args: ["--celery", redis.url] });
const pid = server.program.child.pid;
const source = async () => (await server.api("/sources")).items.find(({ name }) => name === "celery");
await eventually("the broker is heard", async () => (await source())?.state === "up");
const before = usage(pid);
const broker = await Broker.at(redis.url);

let clock = 0;
const event = (type, fields) => {
  clock += 1;
  const common = { hostname: host, utcoffset: 0, pid: 1, clock, timestamp: Date.now() / 1000, type };
  return broker.message(type, host, JSON.stringify({ ...common, ...fields }));
};

/** All of one task, in one piece. */
const life = (n, name, error) =>
  Buffer.concat([
    event("task-received", { uuid: uuid(n), name, args: "()", kwargs: "{}", retries: 0 }),
    event("task-started", { uuid: uuid(n) }),
    error ? event("task-failed", { uuid: uuid(n), exception: error, traceback: `${error}\n${error}` }) : event("task-succeeded", { uuid: uuid(n), result: "1", runtime: 0.1 }),
  ]);

// What is wicked in one message.
const deep = "[".repeat(100_000);
const wicked = [
  life(1, markup, `ValueError('${markup}')`),
  event("task-received", { uuid: uuid(2), name: "big", args: "x".repeat(10_000_000), kwargs: "{}" }),
  event("task-received", { uuid: uuid(3), name: "deep", args: deep, kwargs: deep }),
  broker.message("task-received", host, `{"type":"task-received","uuid":"${uuid(4)}","args":${deep}${"]".repeat(100_000)}}`),
  broker.message("task-received", host, Buffer.concat([Buffer.from(`{"type":"task-received","uuid":"${uuid(5)}","name":"`), Buffer.from([0xff, 0xfe, 0x80]), Buffer.from(`"}`)])),
  broker.raw("task.multi", Buffer.from([0x7b, 0x22, 0xff, 0x00, 0xc3, 0x28])),
  broker.raw("task.multi", deep),
  event("task-received", { uuid: markup, name: "odd id" }),
  event("task-received", { uuid: uuid(6), name: "n".repeat(500_000) }),
  event("task-<script>", { uuid: uuid(7) }),
];
for (const message of wicked) await broker.send(message);

const began = performance.now();
let part = [];
for (let n = 0; n < names; n++) {
  part.push(life(1_000 + n, `tasks.n${n}.${"abcdefghij".repeat(n % 20)}`, n % 50 === 0 ? `Error${n}('${n}')` : null));
  if (part.length < piece && n + 1 < names) continue;
  await broker.send(Buffer.concat(part));
  part = [];
  const ahead = ((n * 3) / rate) * 1000 - (performance.now() - began);
  if (ahead > 1) await wait(ahead);
}
await broker.done();
const published = (performance.now() - began) / 1000;
let last = -1;
await eventually(
  "nothing more comes",
  async () => {
    const { events, rejected, lost_events } = await source();
    const [now, was] = [events + rejected + lost_events, last];
    last = now;
    return now === was;
  },
  { within: 900_000, every: 3_000 },
);
const after = usage(pid);

const paths = ["/", "/tasks", "/tasks?q=script", `/tasks/${uuid(1)}`, "/tasks?by=name", "/tasks?by=error", "/workers", `/workers/celery:${host}`, "/queues", "/alerts", "/reports", "/settings"];
let [markups, failed] = [0, 0];
const times = [];
for (const path of paths) {
  const start = performance.now();
  const response = await fetch(`${server.url}${path}`);
  const text = await response.text();
  times.push([path, performance.now() - start]);
  // More than can be grouped is refused with what to do; nothing may fail.
  if (!response.ok) console.error(`${path}: ${response.status} ${text.match(/<main[^]*<\/main>/)?.[0].replaceAll(/<[^>]*>/g, " ").slice(0, 500)}`);
  if (response.status >= 500) failed++;
  if (text.includes("<script>alert(1)") || text.includes("<img src=x")) {
    console.error(`${path} has it as markup`);
    markups++;
  }
}
const ask = async (path) => {
  const took = [];
  for (let n = 0; n < 9; n++) {
    const start = performance.now();
    const response = await fetch(`${server.url}/api/v1${path}`);
    const text = await response.text();
    if (n === 0 && !response.ok) console.error(`${path}: ${response.status} ${text}`);
    if (response.status >= 500) failed++;
    took.push(performance.now() - start);
  }
  return percentile(took, 0.5);
};
const told = await source();
// A list counts up to 100,000 only; groups count all that ended.
const groups = (await server.api("/tasks/groups?by=worker")).items;
const ended = groups.reduce((sum, group) => sum + group.completed + group.failed, 0);
const shown = await server.api(`/tasks/${uuid(1)}`);
const asked = [
  ["first page of all tasks", await ask("/tasks"), "ms"],
  ["groups by name", await ask("/tasks/groups?by=name"), "ms"],
  ["groups by error", await ask("/tasks/groups?by=error"), "ms"],
  ["first page of tasks of one name", await ask("/tasks?name=tasks.n1.abcdefghij"), "ms"],
];
report("hostile", [
  ["names, each of a task of its own", names, "names"],
  ["events published in", published, "s"],
  ["memory before", before.residentBytes / 1e6, "MB"],
  ["memory after", after.residentBytes / 1e6, "MB"],
  ["memory, peak", after.peakBytes / 1e6, "MB"],
  ["tasks completed or failed", ended, "tasks", names + 1],
  ["events rejected", told.rejected, "events"],
  ["events lost", told.lost_events, "events"],
  ["answers that failed (500 and above)", failed, "answers", 0],
  ["pages on which something of it is markup", markups, "pages", 0],
  ...times.map(([path, took]) => [`page ${path}`, took, "ms"]),
  ...asked,
]);
await server.stop();
await redis.stop();
process.exit(markups === 0 && failed === 0 && ended === names + 1 && shown.name.startsWith("<script>") ? 0 : 1);
