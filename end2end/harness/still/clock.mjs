// A clock that stands still until it is set, for a server whose pictures are to be the same every time. Only the time of day
// stands: what is measured in between, and timers, go on. A library between the program and the system's clock reads it
// (clock.c) out of a file in memory: a program may ask at any moment, from many threads.

import { spawnSync } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../process.mjs";

const source = join(dirname(fileURLToPath(import.meta.url)), "clock.c");

function library() {
  const path = join(temporaryFolder(), "clock.so");
  const { status, stderr, error } = spawnSync("cc", ["-O1", "-shared", "-fPIC", "-o", path, source], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${source} does not compile (run scripts/setup.sh test): ${error ?? stderr}`);
  return path;
}

export class StillClock {
  constructor(at) {
    this.path = join(temporaryFolder(), "time");
    closeSync(openSync(this.path, "w"));
    this.file = openSync(this.path, "r+");
    this.set(at);
    this.env = { LD_PRELOAD: library(), TZ: "UTC", STILL_CLOCK: this.path };
  }

  /** Sets it, in one piece. */
  set(at) {
    this.at = new Date(at);
    const seconds = Buffer.alloc(8);
    seconds.writeBigInt64LE(BigInt(Math.floor(this.at.getTime() / 1_000)));
    writeSync(this.file, seconds, 0, seconds.length, 0);
  }
}
