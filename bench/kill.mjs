// Kills with SIGKILL, again and again, what takes in events and samples: the server over SQLite, the server over Redis, or
// the Redis under the server. What was acknowledged must be there after each restart and in the end, once, and buckets and
// sketches must be those of the samples; exits with 1 when something is wrong.
//
// Samples are told of past hours, so that the keeper rolls them up while it is killed.
// `cargo build --release -p forewatch-server --features bench --example check_store` first.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Forewatch, target } from "../end2end/harness/forewatch.mjs";
import { eventually } from "../end2end/harness/process.mjs";
import { percentile, report, wait } from "./measure.mjs";
import { Redis } from "./redis.mjs";

const rounds = Number(process.env.ROUNDS ?? 200);
const checker = process.env.CHECK_STORE_BIN ?? join(target, "release", "examples", "check_store");
const senders = 4;
const tasks = 5;
const points = 10;
/** Milliseconds between two batches of a sender: the rounds are many, and what they leave is looked through in each. */
const pause = 10;
/** Milliseconds between two samples of a sender, and how far back they begin. */
const apart = 200;
const back = 20 * 3_600_000;

const kinds = {
  sqlite: { store: () => null, killed: "server" },
  redis: { store: () => Redis.start("everysec"), killed: "server" },
  "redis itself, everysec": { store: () => Redis.start("everysec"), killed: "redis" },
  "redis itself, always": { store: () => Redis.start("always"), killed: "redis" },
};

class Run {
  constructor(server, redis) {
    const sent = Array(senders).fill(0);
    Object.assign(this, { server, redis, start: Date.now() - back, sent, samples: [], rounds: [], twice: 0 });
  }

  /** Events of one batch: some tasks, and a heartbeat with samples of a past time. */
  batch(round, sender, number) {
    const worker_id = `kill-${sender}`;
    const at = new Date().toISOString();
    const ids = Array.from({ length: tasks }, (_, i) => `r${round}-s${sender}-${number}-${i}`);
    const known = ids.map((task_id) => ({ type: "task.submitted", at, task_id, content_type: "bench", name: `bench.round.${round}`, queue: "bench" }));
    const from = this.sent[sender];
    // Never the same time again, also when it is not known whether a batch was taken.
    this.sent[sender] += points;
    const samples = Array.from({ length: points }, (_, i) => [this.start + (from + i) * apart, ((from + i) * 37) % 1000]);
    const beat = {
      type: "worker.heartbeat",
      at,
      worker_id,
      status: "online",
      timestamp: at,
      metrics: {},
      samples: [{ metric: "worker.load_1m", points: samples.map(([time, value]) => [time / 1000, value]) }],
    };
    return { ids, events: [...known, beat], samples: samples.map(([time, value]) => [worker_id, "worker.load_1m", time, value]) };
  }

  /** Sends batches until the store is killed; answers with the ids that were acknowledged. */
  async send(round, sender, until) {
    const known = [];
    for (let number = 0; !until.over; number++) {
      const { ids, events, samples } = this.batch(round, sender, number);
      try {
        const { accepted } = await this.server.api("/events", events);
        if (accepted !== events.length) throw new Error(`accepted ${accepted} of ${events.length}`);
        known.push(...ids);
        this.samples.push(...samples);
        await wait(pause);
      } catch (error) {
        // A connection that breaks is the kill, and so is a journal that cannot be written where Redis is killed.
        const refused = this.redis && /: 503 /.test(error.message);
        if (!refused && error.name !== "TypeError" && !error.cause) throw error;
        if (!refused) return known;
        await wait(20);
      }
    }
    return known;
  }

  /** Registers the senders' workers. */
  async register() {
    for (let sender = 0; sender < senders; sender++) {
      const worker_id = `kill-${sender}`;
      await this.server.api("/workers/register", { registration: { worker_id, name: worker_id, capability: "cpu", tags: [] } });
    }
  }

  /** Every task of a round that the server knows, page by page; counts those that are listed twice. */
  async tasksOf(round) {
    const found = new Set();
    let cursor = "";
    do {
      const page = await this.server.api(`/tasks?name=bench.round.${round}&limit=1000${cursor && `&cursor=${cursor}`}`);
      for (const { task_id } of page.items) {
        if (found.has(task_id)) this.twice++;
        found.add(task_id);
      }
      cursor = page.next_cursor && encodeURIComponent(page.next_cursor);
    } while (cursor);
    return found;
  }

  async missing(round) {
    const found = await this.tasksOf(round);
    const missing = this.rounds[round].filter((id) => !found.has(id));
    if (missing.length > 0) console.error(`round ${round}: ${missing.length} lost, such as ${missing[0]}`);
    return missing.length;
  }

  /** Whether the store takes events again. */
  async ready() {
    return (await fetch(`${this.server.url}/readyz`)).ok;
  }

  /** One round; answers with how long it took to be back. */
  async round(round, killed) {
    const until = { over: false };
    const sending = Promise.all(Array.from({ length: senders }, (_, sender) => this.send(round, sender, until)));
    await wait(100 + ((round * 397) % 600));
    await (killed === "redis" ? this.redis.kill() : this.server.program.kill());
    if (killed === "redis") await wait(50);
    until.over = true;
    this.rounds.push((await sending).flat());
    const start = performance.now();
    await (killed === "redis" ? this.redis : this.server).start();
    await eventually("it is ready", () => this.ready(), { every: 10 });
    const took = performance.now() - start;
    // What was just acknowledged may be shown a tick later.
    await wait(killed === "redis" ? 400 : 0);
    return took;
  }
}

/** Compares the store, which nobody uses any more, with what was acknowledged. */
async function checked(url, folder, samples) {
  const child = spawn(checker, [url, folder], { stdio: ["pipe", "pipe", "inherit"] });
  const chunks = [];
  child.stdout.on("data", (chunk) => chunks.push(chunk));
  for (const sample of samples) if (!child.stdin.write(`${JSON.stringify(sample)}\n`)) await once(child.stdin, "drain");
  child.stdin.end();
  const [code] = await once(child, "close");
  return code === 0 ? JSON.parse(Buffer.concat(chunks)) : null;
}

/** All rounds with one kind of store; true when all is right. */
async function measure(name, { store, killed }) {
  const redis = await store();
  const server = await Forewatch.start({ args: redis ? ["--store", redis.url] : [] });
  const run = new Run(server, redis);
  await run.register();
  const restarts = [];
  let lost = 0;
  for (let round = 0; round < rounds; round++) {
    restarts.push(await run.round(round, killed));
    lost += await run.missing(round);
  }
  // What survived one crash must survive the later ones too.
  for (const round of run.rounds.keys()) lost += await run.missing(round);
  await server.stop();
  const url = redis?.url ?? `sqlite:${join(server.folder, "forewatch.db")}`;
  const found = await checked(url, server.folder, run.samples);
  await redis?.stop();
  // Some that were not acknowledged are there too, but none that was not sent. Buckets count those that are there once.
  const sent = run.sent.reduce((sum, count) => sum + count, 0);
  const tooMany = Math.max(0, (found?.samples ?? Number.NaN) - sent);
  report(`kill-${name.replaceAll(/\W+/g, "-")}`, [
    ["kill -9 under load", rounds, "times"],
    ["tasks acknowledged", run.rounds.flat().length, "tasks"],
    ["of them lost", lost, "tasks", 0],
    ["tasks listed twice", run.twice, "tasks", 0],
    ["samples acknowledged", run.samples.length, "samples"],
    ["of them lost", found?.lost ?? Number.NaN, "samples", 0],
    ["more samples than were sent", tooMany, "samples", 0],
    ["buckets that are those of the samples", found?.buckets ?? Number.NaN, "buckets"],
    ["sketches that are those of the samples", found?.sketches ?? Number.NaN, "sketches"],
    ["restart until ready, median", percentile(restarts, 0.5) / 1000, "s"],
    ["slowest restart until ready", Math.max(...restarts) / 1000, "s", 2],
  ]);
  return lost === 0 && run.twice === 0 && found?.lost === 0 && tooMany === 0;
}

const asked = process.env.STORES?.split(";") ?? Object.keys(kinds);
let right = true;
for (const name of asked) right = (await measure(name, kinds[name])) && right;
process.exit(right ? 0 : 1);
