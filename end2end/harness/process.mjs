// Programs that the tests start: each in a process group of its own, so that it ends with all it started,
// whether the tests pass, fail or are interrupted.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const running = new Set();
const folders = new Set();

process.on("exit", () => {
  for (const program of running) program.signal("SIGKILL");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is gone when the tests are. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), "forewatch-"));
  folders.add(folder);
  return folder;
}

/** A port that was free a moment ago; programs that can choose one themselves do not need it. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Tries again until the check answers something true. */
export async function eventually(what, check, { within = 30_000, every = 100 } = {}) {
  const end = Date.now() + within;
  for (;;) {
    const answer = await check();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited ${within / 1000} s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}

export class Program {
  /** Starts it; what it says is kept, newest last, for the message when something goes wrong. */
  constructor(command, args, { env = {}, cwd } = {}) {
    this.name = command.split("/").pop();
    this.said = [];
    this.listeners = new Set();
    this.child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    running.add(this);
    this.ended = new Promise((resolve) => {
      this.child.once("error", (error) => this.hear(String(error)) || resolve({ code: null, signal: null }));
      // Not "exit": what it said last must have been heard.
      this.child.once("close", (code, signal) => resolve({ code, signal }));
    }).finally(() => running.delete(this));
    for (const stream of [this.child.stdout, this.child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => this.hear(line));
    }
  }

  hear(line) {
    this.said.push(line);
    // A crash inside a program is told where the tests are read, whatever they make of it.
    if (/panic/.test(line)) console.error(`${this.name}: ${line}`);
    if (this.said.length > 500) this.said.shift();
    for (const listener of this.listeners) listener(line);
  }

  /** The match of the first line that it says like this. */
  async says(pattern, within = 60_000) {
    for (const line of this.said) if (pattern.test(line)) return line.match(pattern);
    let listener, timer;
    try {
      return await new Promise((resolve, reject) => {
        const fail = (why) => reject(new Error(`${this.name} ${why}:\n${this.said.slice(-30).join("\n")}`));
        listener = (line) => pattern.test(line) && resolve(line.match(pattern));
        this.listeners.add(listener);
        timer = setTimeout(() => fail(`did not say ${pattern} within ${within / 1000} s`), within);
        this.ended.then(({ code, signal }) => fail(`ended (${signal ?? code})`));
      });
    } finally {
      this.listeners.delete(listener);
      clearTimeout(timer);
    }
  }

  signal(name) {
    try {
      process.kill(-this.child.pid, name);
    } catch {
      // It is gone already.
    }
  }

  /** Asks it to end, and insists after ten seconds. Answers how it ended. */
  async stop() {
    this.signal("SIGTERM");
    const insist = setTimeout(() => this.signal("SIGKILL"), 10_000);
    const how = await this.ended;
    clearTimeout(insist);
    return how;
  }

  async kill() {
    this.signal("SIGKILL");
    return this.ended;
  }
}
