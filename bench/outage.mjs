// The store cannot be written for a while: the disk is full, the files can only be read, Redis is killed, Redis answers
// nothing. What senders are told, what people see and when, what they are told, and what is there afterwards; exits with 1
// when something that was acknowledged is lost, or somebody was told wrongly.
//
// The full disk is a small one in memory and wants the right to mount it; files that can only be read want the right to
// make them so. Without it that part is left out, and said.

import { execFileSync } from "node:child_process";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import WebSocket from "ws";
import { Forewatch } from "../end2end/harness/forewatch.mjs";
import { eventually, temporaryFolder } from "../end2end/harness/process.mjs";
import { percentile, report, wait } from "./measure.mjs";
import { Redis } from "./redis.mjs";

const seconds = Number(process.env.OUTAGE_SECONDS ?? 60);
const senders = 4;
const tasks = 5;
const disk = 24 * 1024 * 1024;

const run = (...command) => execFileSync(command[0], command.slice(1), { stdio: ["ignore", "pipe", "pipe"] });

/** A store in files, and what happens to them. */
async function files({ begin, end, folder = temporaryFolder() }) {
  return { args: ["--store", `sqlite:${join(folder, "forewatch.db")}`], begin: () => begin(folder), end: () => end(folder), close: () => {} };
}

async function fullDisk() {
  const folder = temporaryFolder();
  run("mount", "-t", "tmpfs", "-o", `size=${disk}`, "tmpfs", folder);
  process.prependListener("exit", () => run("umount", "-l", folder));
  const ballast = join(folder, "ballast");
  const begin = () => {
    // Until nothing more goes in, down to the last byte.
    try {
      for (let size = disk; size >= 1; size = Math.ceil(size / 2)) {
        try {
          writeFileSync(ballast, Buffer.alloc(size), { flag: "a" });
        } catch (error) {
          if (size === 1) throw error;
        }
      }
    } catch (error) {
      if (error.code !== "ENOSPC") throw error;
    }
  };
  return files({ folder, begin, end: () => rmSync(ballast) });
}

function readOnly() {
  // But for what lies in memory: the system ends a program that writes to memory of a file that it may not write.
  const named = (folder) => readdirSync(folder).filter((name) => !name.endsWith("-shm"));
  const all = (folder, sign) => run("chattr", sign, ...named(folder).map((name) => join(folder, name)));
  const probe = temporaryFolder();
  writeFileSync(join(probe, "probe"), "");
  all(probe, "+i");
  all(probe, "-i");
  return files({ begin: (folder) => all(folder, "+i"), end: (folder) => all(folder, "-i") });
}

async function redis(begin, end) {
  const redis = await Redis.start("everysec");
  return { args: ["--store", redis.url], begin: () => begin(redis), end: () => end(redis), close: () => redis.stop() };
}

const kinds = {
  "disk full": fullDisk,
  "read-only": readOnly,
  "redis killed": () => redis((it) => it.kill(), (it) => it.start()),
  "redis silent": () => redis((it) => it.program.signal("SIGSTOP"), (it) => it.program.signal("SIGCONT")),
};

/** Takes what the server tells people of the store. */
async function receiver() {
  const told = [];
  const server = createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk)).on("end", () => {
      const { status, alerts } = JSON.parse(Buffer.concat(chunks));
      const { labels, annotations } = alerts[0];
      if (labels.alertname === "store-failing") told.push({ at: performance.now(), status, title: annotations.title });
      response.end();
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { told, url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

/** Follows what every open page follows: when the notice came and went. */
function follow(server) {
  const seen = { notice: null, came: [], went: [] };
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/api/v1/live`, "forewatch.v1.json", { origin: server.url });
  socket.on("open", () => socket.send(JSON.stringify({ subscribe: ["system"] })));
  socket.on("message", (text) => {
    const notice = JSON.parse(text).data.notice ?? null;
    if ((notice === null) !== (seen.notice === null)) (notice === null ? seen.went : seen.came).push(performance.now());
    seen.notice = notice;
    seen.text ??= notice;
  });
  return { seen, close: () => socket.close() };
}

/** Sends batches as an agent does: keeps what is refused and comes again with it. */
async function send(server, sender, run) {
  for (let number = 0; !run.over; number++) {
    const at = new Date().toISOString();
    const ids = Array.from({ length: tasks }, (_, i) => `s${sender}-${number}-${i}`);
    const batch = ids.map((task_id) => ({ type: "task.submitted", at, task_id, content_type: "bench", queue: "bench" }));
    for (;;) {
      const response = await fetch(`${server.url}/api/v1/events`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(batch),
      });
      const answer = await response.json();
      if (response.ok && answer.accepted === batch.length) break;
      if (response.status !== 503 || !response.headers.get("retry-after")) throw new Error(`${response.status} ${JSON.stringify(answer)}`);
      run.refused++;
      if (run.over) return;
      await wait(500);
    }
    run.known.push(...ids);
    run.accepted = performance.now();
    await wait(100);
  }
}

/** Opens the overview, again and again; keeps how long that took and whether it says what is wrong. */
async function browse(server, run) {
  while (!run.over) {
    const begun = performance.now();
    const response = await fetch(`${server.url}/`);
    const text = await response.text();
    if (!response.ok) throw new Error(`the overview: ${response.status}`);
    if (run.away) run.pages.push({ took: performance.now() - begun, says: text.includes("cannot be written since") });
    await wait(500);
  }
}

async function tasksOf(server) {
  const found = new Set();
  let cursor = "";
  do {
    const page = await server.api(`/tasks?limit=1000${cursor && `&cursor=${cursor}`}`);
    for (const { task_id } of page.items) found.add(task_id);
    cursor = page.next_cursor && encodeURIComponent(page.next_cursor);
  } while (cursor);
  return found;
}

async function metric(server, name) {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Number(text.split("\n").find((line) => line.startsWith(`${name} `)).split(" ")[1]);
}

async function measure(name, store) {
  const people = await receiver();
  const config = join(temporaryFolder(), "forewatch.toml");
  const channel = { name: "bench", type: "webhook", url: people.url, allow_private: true, group_wait: "1ms" };
  const text = Object.entries(channel).map(([key, value]) => `${key} = ${JSON.stringify(value)}`).join("\n");
  writeFileSync(config, `[[notify]]\n${text}\n`);
  const server = await Forewatch.start({ args: ["--config", config, ...store.args] });
  const live = follow(server);
  const run = { known: [], refused: 0, pages: [], over: false, away: false };
  const working = Promise.all([browse(server, run), ...Array.from({ length: senders }, (_, sender) => send(server, sender, run))]);
  await wait(5_000);

  const begun = performance.now();
  await store.begin();
  run.away = true;
  await wait(seconds * 1000);
  run.away = false;
  const before = run.known.length;
  const back = performance.now();
  await store.end();
  const first = await eventually("events are taken again", () => run.known.length > before && performance.now(), { every: 10 });
  await eventually("the notice is gone", () => live.seen.notice === null, { every: 10 });
  await eventually("the end is told", () => people.told.some(({ status }) => status === "resolved") || seconds < 35, { every: 50 });
  await eventually("it is marked", async () => (await server.api("/annotations")).total > 0);
  run.over = true;
  await working;
  await wait(1_000);

  const lost = async () => {
    const found = await tasksOf(server);
    return run.known.filter((id) => !found.has(id)).length;
  };
  let missing = await lost();
  const counted = {
    seconds: await metric(server, "forewatch_store_outage_seconds_total"),
    missed: await metric(server, "forewatch_samples_missed_total"),
  };
  const mark = (await server.api("/annotations")).items[0].title;
  await server.killAndRestart();
  missing += await lost();
  live.close();
  await server.stop();
  await store.close();
  people.close();
  const since = (start, at) => (at === undefined ? Number.NaN : (at - start) / 1000);
  const told = (status) => people.told.filter((message) => message.status === status);
  console.log(`\n${live.seen.text}\n${people.told[0]?.title ?? "nobody was told"}\n${mark}`);
  report(`outage-${name.replaceAll(/\W+/g, "-")}`, [
    ["away", seconds, "s"],
    ["until the notice is on open pages", since(begun, live.seen.came[0]), "s"],
    ["overview meanwhile, slowest", Math.max(...run.pages.map(({ took }) => took)), "ms"],
    ["overview meanwhile, p50", percentile(run.pages.map(({ took }) => took), 0.5), "ms"],
    ["of the overviews say so", (100 * run.pages.filter(({ says }) => says).length) / run.pages.length, "%"],
    ["until people are told", since(begun, told("firing")[0]?.at), "s"],
    ["messages that it began", told("firing").length, "messages", 1],
    ["until events are taken again, after the end", since(back, first), "s"],
    ["until the notice is gone", since(back, live.seen.went.at(-1)), "s"],
    ["until people are told of the end", since(back, told("resolved")[0]?.at), "s"],
    ["messages that it is over", told("resolved").length, "messages", 1],
    ["batches refused with 503 and Retry-After", run.refused, "batches"],
    ["tasks acknowledged", run.known.length, "tasks"],
    ["of them lost, also after a crash", missing, "tasks", 0],
    ["seconds counted as an outage", counted.seconds, "s"],
    ["samples counted as missed", counted.missed, "samples"],
  ]);
  return missing === 0 && (seconds < 35 || (told("firing").length === 1 && told("resolved").length === 1));
}

let right = true;
for (const name of process.env.KINDS?.split(";") ?? Object.keys(kinds)) {
  let store;
  try {
    store = await kinds[name]();
  } catch (error) {
    console.log(`\n${name}: left out, as this machine does not let it be made: ${error.message.split("\n")[0]}`);
    continue;
  }
  right = (await measure(name, store)) && right;
}
process.exit(right ? 0 : 1);
