#!/usr/bin/env node
// Serves a debug build and follows the sources: whatever changes is rebuilt, and the server restarted when it must be.
// A build that fails leaves the last good one running.
//
//   node scripts/dev.mjs [arguments of `forewatch serve`]

import { spawn, spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { filesUnder, root, target } from "./site/files.mjs";

const args = process.argv.slice(2);

// Which build each folder asks for: the app is compiled for both sides.
const folders = {
  src: ["server", "site"],
  app: ["server", "site"],
  server: ["server"],
  agent: ["server"],
  frontend: ["site"],
  style: ["site"],
  public: ["site"],
};

const builds = {
  server: () => run("cargo", ["build", "--package", "forewatch-server"]),
  site: () => run(process.execPath, [join(root, "scripts/site.mjs"), "debug"]),
};

function run(command, commandArgs) {
  return spawnSync(command, commandArgs, { cwd: root, stdio: ["ignore", 2, 2] }).status === 0;
}

/** When anything in a folder was last written, and how much there is: a removed file counts too. */
function stateOf(folder) {
  const files = filesUnder(join(root, folder));
  return `${files.length}:${Math.max(0, ...files.map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0))}`;
}

let server;

async function restart() {
  if (server) {
    const ended = new Promise((resolve) => server.once("exit", resolve));
    if (server.exitCode === null && server.signalCode === null && server.kill("SIGTERM")) await ended;
  }
  const all = ["serve", "--local-agent", "--site-root", join(target, "site-debug"), ...args];
  server = spawn(join(target, "debug/forewatch"), all, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
}

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    server?.once("exit", () => process.exit(0));
    if (!server?.kill("SIGTERM")) process.exit(0);
  });
}

const seen = {};
let waiting = new Set(Object.keys(builds));
for (;;) {
  for (const [folder, needs] of Object.entries(folders)) {
    const state = stateOf(folder);
    if (seen[folder] !== undefined && seen[folder] !== state) needs.forEach((build) => waiting.add(build));
    seen[folder] = state;
  }
  if (waiting.size > 0) {
    const now = [...waiting];
    waiting = new Set();
    // The names of the site's files change with it, and the server reads them when it starts: both need a restart.
    if (now.every((build) => builds[build]())) await restart();
    else console.error("dev: the build failed; waiting for the next change");
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
}
