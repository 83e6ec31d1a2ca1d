// A burst of Celery events in a process of its own, so that what measures is not what publishes.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { root } from "../../end2end/harness/forewatch.mjs";

/** Publishes the events of so many tasks at a rate; answers with what it was. */
export async function publish(redis, tasks, rate) {
  const program = spawn(process.execPath, [join(root, "bench/celery/publish.mjs"), redis.url, String(tasks), String(rate)]);
  let said = "";
  program.stdout.on("data", (part) => (said += part));
  program.stderr.pipe(process.stderr);
  const code = await new Promise((resolve) => program.once("close", resolve));
  if (code !== 0) throw new Error(`publish.mjs ended with ${code}`);
  return JSON.parse(said);
}
