// A tab that stays open for a day, of which each second passes as fast as the tab takes it: the live topics of a real server
// until it is cut off, and from then on their records a second later each time, with alerts that come and go. What the tab
// holds after each hour.
//
// PATHS (/ /?wall&every=5s), HOURS (24), WORKERS (20), GPUS (2).

import { createRequire } from "node:module";
import { launchOptions } from "../end2end/harness/browser.mjs";
import { Forewatch } from "../end2end/harness/forewatch.mjs";
import { heapOf } from "./heap.mjs";
import { report, wait } from "./measure.mjs";

const { chromium } = createRequire(new URL("../end2end/package.json", import.meta.url))("@playwright/test");
const hours = Number(process.env.HOURS ?? 24);
const workers = Number(process.env.WORKERS ?? 20);
const gpus = Number(process.env.GPUS ?? 2);
const paths = (process.env.PATHS ?? "/ /?wall&every=5s").split(" ");
/** Seconds that are sent before the tab is waited for. */
const batch = 300;
/** Seconds between two alerts, until one is resolved, and until the topic forgets it. */
const alerting = { every: 600, open: 300, told: 3_600 };
/** Milliseconds until every page of the wall was shown. */
const everything = 45_000;
/** Tasks that the topic tells of at most. */
const tasksTold = 500;

const moment = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/** A record as it is `seconds` later: its moments move along, its shares and readings waver. */
function later(value, seconds) {
  if (Array.isArray(value)) return value.map((part) => later(part, seconds));
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, later(part, seconds)]));
  }
  if (typeof value === "string" && moment.test(value)) return new Date(Date.parse(value) + seconds * 1e3).toISOString();
  return Number.isInteger(value) || typeof value !== "number" ? value : value * (0.8 + 0.2 * Math.random());
}

/** The topics of one tab: first what the server sends, then what would have come a second later, and so on. */
class Topics {
  last = new Map();
  followed = new Set();
  now = 0;
  missed = 0;
  cut = false;

  constructor(page) {
    this.ready = page.routeWebSocket(/\/api\/v1\/live/, (socket) => {
      this.socket = socket;
      const server = socket.connectToServer();
      socket.onMessage((text) => {
        const { subscribe = [], unsubscribe = [], resync = [] } = JSON.parse(text);
        for (const topic of unsubscribe) this.followed.delete(topic);
        for (const topic of subscribe) this.followed.add(topic);
        if (!this.cut) return server.send(text);
        this.missed += resync.length;
        for (const topic of [...subscribe, ...resync]) this.snapshot(topic);
      });
      server.onMessage((text) => {
        if (this.cut) return;
        this.note(JSON.parse(text));
        socket.send(text);
      });
    });
  }

  note({ topic, epoch, seq, kind, at, data }) {
    if (topic === undefined) return;
    const known = this.last.get(topic);
    this.last.set(topic, { epoch, seq, at, data: kind === "snapshot" || known === undefined ? data : known.data });
  }

  /** Answers as the server does. */
  snapshot(topic) {
    const last = this.last.get(topic);
    if (last === undefined) throw new Error(`nothing is known of ${topic}: give the wall longer`);
    const data = later(last.data, this.now);
    this.socket.send(JSON.stringify({ topic, epoch: last.epoch, seq: last.seq, prev: null, kind: "snapshot", at: later(last.at, this.now), data }));
  }

  send(topic, data, second) {
    const last = this.last.get(topic);
    const message = { topic, epoch: last.epoch, seq: last.seq + 1, prev: last.seq, kind: "delta", at: later(last.at, second), data };
    last.seq += 1;
    this.socket.send(JSON.stringify(message));
  }

  second(second) {
    this.now = second;
    for (const [topic, { data }] of this.last) {
      if (!this.followed.has(topic)) continue;
      if (topic === "system") this.send(topic, later(data, second), second);
      else if (topic === "alerts") this.alerts(data, second);
      else if (topic === "tasks") this.tasks(data, second);
      else this.send(topic, { upsert: later(data.upsert ?? data, second), remove: [] }, second);
    }
  }

  alerts(data, second) {
    const [first] = data.upsert ?? data;
    const alert = (number) => ({ ...later(first, number * alerting.every), alert_id: first.alert_id.slice(0, -5) + String(number).padStart(5, "0") });
    const number = Math.floor(second / alerting.every);
    const since = second % alerting.every;
    const upsert = [];
    if (since === 0) upsert.push({ ...alert(number), title: `Alert ${number}` });
    if (since === alerting.open) upsert.push({ ...alert(number), title: `Alert ${number}`, state: "resolved", is_active: false, resolved_at: later(this.last.get("alerts").at, second) });
    const remove = second > alerting.told && since === 0 ? [alert(number - alerting.told / alerting.every).alert_id] : [];
    if (upsert.length + remove.length > 0) this.send("alerts", { upsert, remove }, second);
  }

  tasks(data, second) {
    const [first] = data.upsert ?? data;
    const id = (number) => `${first.task_id.slice(0, 8)}-day-${number}`;
    const remove = second > tasksTold ? [id(second - tasksTold)] : [];
    this.send("tasks", { upsert: [{ ...later(first, second), task_id: id(second) }], remove }, second);
  }
}

const server = await Forewatch.start();
const fleet = server.simulate(["--workers", workers, "--gpus", gpus, "--tasks-per-second", 5, "--seed", 1, "--interval", "1s"]);
while ((await server.api("/workers/stats")).online < workers) await wait(500);
await server.raiseAlert("There for the tab to see");
await wait(5_000);

const browser = await chromium.launch({ ...launchOptions, args: [...launchOptions.args, "--js-flags=--expose-gc"] });
const rows = [];
for (const path of paths) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const wrong = [];
  page.on("pageerror", (error) => wrong.push(String(error)));
  const topics = new Topics(page);
  await topics.ready;
  const held = await heapOf(page, await page.context().newCDPSession(page));
  await page.goto(server.url + path);
  await page.waitForFunction(() => window.wasmMemory !== undefined);
  await wait(everything);
  topics.cut = true;
  const started = Date.now();
  const after = [];
  for (let second = 1; second <= hours * 3_600; second++) {
    topics.second(second);
    if (second % batch === 0) await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
    if (second % 3_600 === 0) after.push(await held());
  }
  if (wrong.length > 0) throw new Error(wrong.join("\n"));
  const [second, last] = [after[Math.min(1, after.length - 1)], after.at(-1)];
  console.log(path, after.map(({ heap, wasm }) => `${(heap / 1e6).toFixed(2)}+${(wasm / 1e6).toFixed(1)}`).join(" "));
  rows.push(
    [`${path}: an hour of it took`, (Date.now() - started) / 1e3 / hours, "s"],
    [`${path}: snapshots that the tab asked for again`, topics.missed, "snapshots"],
    [`${path}: heap of scripts after two hours`, second.heap / 1e6, "MB"],
    [`${path}: after ${hours}`, last.heap / 1e6, "MB"],
    [`${path}: memory of the WASM after two hours`, second.wasm / 1e6, "MB"],
    [`${path}: after ${hours}`, last.wasm / 1e6, "MB"],
    [`${path}: elements, more than after two hours`, last.nodes - second.nodes, "nodes"],
    [`${path}: listeners, more than after two hours`, last.listeners - second.listeners, "listeners"],
  );
  await page.close();
}
await browser.close();
await fleet.stop();
await server.stop();
report("day", rows);
