// Runs the tools that the site is made with.

import { spawnSync } from "node:child_process";
import { root } from "./files.mjs";

/** Runs a command in the checkout, what it says among our errors, and ends when it fails. */
export function run(command, args, env = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2], env: { ...process.env, ...env } });
  if (error?.code === "ENOENT") throw new Error(`${command} is missing: run scripts/setup.sh`);
  if (status !== 0) process.exit(status ?? 1);
}
