// What the benchmarks share: percentiles, what a process has used, and how results are shown and kept.

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { target } from "../end2end/harness/forewatch.mjs";

export const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The value below which the share of all values lies; nearest rank. */
export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

// Linux counts CPU time in hundredths of a second for every program that reads /proc.
const ticksPerSecond = 100;

const cpuSeconds = (fields) => (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;

/** CPU seconds that the threads of this name have used; of those that have not ended. */
export function usageOfThreads(pid, name) {
  const tasks = readdirSync(`/proc/${pid}/task`).map((thread) => readFileSync(`/proc/${pid}/task/${thread}/stat`, "utf8"));
  const named = tasks.filter((stat) => stat.includes(`(${name}) `));
  return named.reduce((sum, stat) => sum + cpuSeconds(stat.split(") ")[1].split(" ")), 0);
}

/** CPU seconds that the process has used, and the memory that it holds and has held at most, in bytes. */
export function usage(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kilobytes = (name) => Number(status.match(new RegExp(`^${name}:\\s+(\\d+) kB`, "m"))[1]);
  return {
    cpuSeconds: cpuSeconds(fields),
    residentBytes: kilobytes("VmRSS") * 1024,
    peakBytes: kilobytes("VmHWM") * 1024,
  };
}

/**
 * Waits until the process does next to nothing for two seconds, or no less than in the two before: what it does for itself,
 * over and over, never ends. Answers with what it has used by then.
 */
export async function settled(pid) {
  for (let last = usage(pid), before = Infinity; ; ) {
    await wait(2_000);
    const now = usage(pid);
    const used = now.cpuSeconds - last.cpuSeconds;
    if (used < 0.06 || (used < 0.2 && used > before * 0.8)) return now;
    [last, before] = [now, used];
  }
}

/** Shows the rows `[what, value, unit, budget]` and keeps them with the machine they were measured on. */
export function report(name, rows) {
  console.log(`\n${name}`);
  for (const [what, value, unit, budget] of rows) {
    const shown = Number.isInteger(value) ? value.toLocaleString("en") : value.toFixed(1);
    const aim = budget === undefined ? "" : `  (to reach: ${budget} ${unit})`;
    console.log(`  ${what.padEnd(56)} ${shown.padStart(10)} ${unit}${aim}`);
  }
  const folder = join(target, "bench");
  mkdirSync(folder, { recursive: true });
  const machine = { processor: cpus()[0]?.model, cores: cpus().length, memoryBytes: totalmem() };
  const results = rows.map(([what, value, unit, budget]) => ({ what, value, unit, budget }));
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify({ at: new Date(), machine, results }, null, 2)}\n`);
}
