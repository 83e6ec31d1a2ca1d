// Flower, the peer that watches the same broker: installed into the target folder, not into the project.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { target } from "../end2end/harness/forewatch.mjs";
import { Program, eventually, freePort } from "../end2end/harness/process.mjs";

/** Starts it at a broker; answers with its address, its process, and how many events it has seen. */
export async function startFlower(redis, tasks, patience) {
  const venv = join(target, "bench-venv");
  if (!existsSync(venv)) execFileSync("python3", ["-m", "venv", venv]);
  // kombu imports packaging without asking for it.
  execFileSync(join(venv, "bin/pip"), ["install", "--quiet", "flower==2.2.0", "redis", "packaging"], { stdio: "inherit" });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = ["-m", "celery", `--broker=${redis.url}`, "flower", "--address=127.0.0.1", `--port=${port}`, `--max_tasks=${tasks}`];
  const program = new Program(join(venv, "bin/python"), args);
  const metrics = async () => (await fetch(`${url}/metrics`)).text();
  const seen = async () =>
    [...(await metrics()).matchAll(/^flower_events_total\{.*\} (\S+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
  await program.says(/Visit me at/);
  await eventually("Flower answers", () => metrics().catch(() => false), patience);
  return { url, program, seen };
}
