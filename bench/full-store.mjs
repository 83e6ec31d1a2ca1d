// A store with two years of a fleet's history, written by Forewatch's own writer, and asked.
// `cargo build --release -p forewatch-server --features bench --example full_store` first.

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { target } from "../end2end/harness/forewatch.mjs";
import { usage } from "./measure.mjs";

const generator = process.env.FULL_STORE_BIN ?? join(target, "release", "examples", "full_store");

/** What questions may take, milliseconds. */
const aims = new Map([
  ["1 h of one worker", 2],
  ["1 h of each worker at 60 s", 20],
  ["24 h of each worker at 5 min", 50],
  ["a year of the system at 1 d", 5],
]);

/**
 * Fills the store at `url`, whose records lie in `folder`. Answers with what the generator says, how long it took (s), and
 * the memory that it held at most, looked at ten times a second.
 */
export async function fullStore(url, folder, workers, gpus) {
  const begin = performance.now();
  const running = promisify(execFile)(generator, [url, folder, String(workers), String(gpus)]);
  let peakBytes = 0;
  const looks = setInterval(() => {
    try {
      peakBytes = Math.max(peakBytes, usage(running.child.pid).peakBytes);
    } catch {
      // It has ended.
    }
  }, 100);
  try {
    const told = JSON.parse((await running).stdout);
    return { ...told, peakBytes, took: (performance.now() - begin) / 1000 };
  } finally {
    clearInterval(looks);
  }
}

/** The rows of a report on what was asked of it there. */
export function answers({ opened, asked }) {
  return [
    ["opening history", opened * 1000, "ms"],
    ...asked.flatMap(({ what, median, longest, source, points }) => [
      [`${what} (${source}, ${points} points)`, median * 1000, "ms", aims.get(what)],
      [`${what}, the longest of 15`, longest * 1000, "ms"],
    ]),
  ];
}

/** The same over HTTP: the median of several times. */
export async function overHttp(server) {
  const questions = [
    ["1 h of one worker", "metric=worker.cpu_usage&worker=sim-001.*&from=now-1h&to=now&step=10"],
    ["24 h of each worker at 5 min", "metric=worker.cpu_usage&from=now-24h&to=now&step=300"],
    ["a year of the system at 1 d", "metric=system.workers_online&from=now-365d&to=now&step=86400"],
  ];
  const rows = [];
  for (const [what, query] of questions) {
    const times = [];
    for (let n = 0; n < 15; n++) {
      const at = performance.now();
      const answer = await fetch(`${server.url}/api/v1/query?${query}`);
      await answer.text();
      if (!answer.ok) throw new Error(`${query}: ${answer.status}`);
      times.push(performance.now() - at);
    }
    rows.push([`${what}, over HTTP`, times.sort((a, b) => a - b)[7], "ms", aims.get(what)]);
  }
  return rows;
}
