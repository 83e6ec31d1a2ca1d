// Made-up lives of Celery tasks as workers and clients tell of them: every text that a real application would publish, in an
// order that is possible, the same for the same seed.

const names = ["render.frame", "render.encode", "ingest.scan", "ingest.thumbnail", "report.daily"];
/** Events after which each worker sends a heartbeat. */
const between = 10_000;
const queues = ["gpu_priority", "gpu_fallback", "cpu_standard", "cpu_batch"];
const traceback = 'Traceback (most recent call last):\n  File "/srv/app/worker.py", line 41, in run\n    raise ValueError(text)\n';
const failure = (error) => ({ exception: error, traceback: `${traceback}${error}\n` });

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** All that is published of so many tasks, and how they end. */
export class Lives {
  constructor({ tasks, workers = 4, atOnce = 200, seed = 1, failing = 0.05, retried = 0.02 }) {
    Object.assign(this, { tasks, atOnce, failing, retried, number: numbers(seed) });
    this.hosts = Array.from({ length: workers }, (_, n) => ({ name: `bench-${n}@host`, clock: 0, active: 0, processed: 0 }));
    this.ended = { succeeded: 0, failed: 0 };
    this.events = 0;
  }

  below(limit) {
    return Math.floor(this.number() * limit);
  }

  event(host, type, fields) {
    this.events += 1;
    host.clock += 1;
    const common = { hostname: host.name, utcoffset: 0, pid: 4711, clock: host.clock };
    return [type, host.name, JSON.stringify({ ...common, ...fields, timestamp: Date.now() / 1000, type })];
  }

  worker(host, type) {
    const { active, processed } = host;
    const loadavg = [0.5, 0.4, 0.3];
    return this.event(host, type, { freq: 2, active, processed, loadavg, sw_ident: "py-celery", sw_ver: "5.7.0", sw_sys: "Linux" });
  }

  *life(task) {
    const host = this.hosts[this.below(this.hosts.length)];
    const client = { name: "gen1@client", clock: task };
    const hex = () => this.below(2 ** 32).toString(16).padStart(8, "0");
    const [a, b, c, d] = [hex(), hex(), hex(), hex()];
    const uuid = `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${d}`;
    const queue = queues[this.below(queues.length)];
    const is = { uuid, root_id: uuid, parent_id: null, name: names[this.below(names.length)], args: `(${task},)`, kwargs: "{}" };
    const sent = (retries) => this.event(client, "task-sent", { ...is, retries, eta: null, expires: null, queue, exchange: "", routing_key: queue });
    const received = (retries) => this.event(host, "task-received", { ...is, retries, eta: null, expires: null });
    const started = () => {
      host.processed += 1;
      return this.event(host, "task-started", { uuid });
    };
    yield sent(0);
    yield received(0);
    host.active += 1;
    yield started();
    if (this.number() < this.retried) {
      // As Celery does: the next attempt is announced before the retry itself.
      yield received(1);
      yield sent(1);
      yield this.event(host, "task-retried", { uuid, ...failure("ConnectionError('upstream 503')") });
      yield started();
    }
    host.active -= 1;
    if (this.number() < this.failing) {
      this.ended.failed += 1;
      yield this.event(host, "task-failed", { uuid, ...failure("ValueError('bad frame')") });
    } else {
      this.ended.succeeded += 1;
      yield this.event(host, "task-succeeded", { uuid, result: String(task), runtime: this.number() });
    }
  }

  /** `[type, host, text]`, one an event. */
  *told() {
    for (const host of this.hosts) yield this.worker(host, "worker-online");
    const open = [];
    let begun = 0;
    while (open.length > 0 || begun < this.tasks) {
      while (begun < this.tasks && open.length < this.atOnce) open.push(this.life(begun++));
      const place = this.below(open.length);
      const { value, done } = open[place].next();
      if (!done) {
        yield value;
        if (this.events % between === 0) yield* this.heartbeats();
      } else {
        open[place] = open[open.length - 1];
        open.pop();
      }
    }
    yield* this.heartbeats();
  }

  /** A heartbeat of each worker. */
  heartbeats() {
    return this.hosts.map((host) => this.worker(host, "worker-heartbeat"));
  }
}
