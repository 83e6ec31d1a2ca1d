// A clock that stands still until it is set, for a server whose pictures are to be the same every time (libfaketime).
// Only the time of day stands: what is measured in between, and timers, go on.

import { spawnSync } from "node:child_process";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../process.mjs";

/** The library that stands between a program and the system's clock; the wrapper `faketime` knows where it lies. */
function library() {
  const { status, stdout } = spawnSync("faketime", ["now", "printenv", "LD_PRELOAD"], { encoding: "utf8" });
  if (status !== 0) throw new Error("faketime is missing: run scripts/setup.sh test");
  return stdout.trim();
}

export class StillClock {
  constructor(at) {
    this.file = join(temporaryFolder(), "time");
    this.set(at);
  }

  /** The environment of a program that goes by this clock. */
  get env() {
    return {
      LD_PRELOAD: library(),
      TZ: "UTC",
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
    };
  }

  /** Sets it, in one piece: a program may read it at any moment. */
  set(at) {
    this.at = new Date(at);
    const next = `${this.file}.next`;
    writeFileSync(next, `${this.at.toISOString().slice(0, 19).replace("T", " ")}\n`);
    renameSync(next, this.file);
  }

  /** So many seconds from now, as it stands in an event. */
  ago(seconds) {
    return new Date(this.at.getTime() - seconds * 1_000).toISOString();
  }
}
