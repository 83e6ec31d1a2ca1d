// A Redis of a benchmark's own, which keeps what it takes on disk.

import { connect } from "node:net";
import { Program, eventually, freePort, temporaryFolder } from "../end2end/harness/process.mjs";

export class Redis {
  /** `fsync` is Redis's `appendfsync`: `everysec` or `always`. */
  static async start(fsync) {
    const redis = new Redis();
    redis.folder = temporaryFolder();
    redis.port = await freePort();
    redis.fsync = fsync;
    return redis.start();
  }

  /** Starts it, the second time with what it has on disk. */
  async start() {
    const args = ["--port", String(this.port), "--bind", "127.0.0.1", "--dir", this.folder, "--save", ""];
    this.program = new Program("redis-server", [...args, "--appendonly", "yes", "--appendfsync", this.fsync]);
    await eventually("redis-server answers", () => this.ping(), { every: 20 });
    return this;
  }

  get url() {
    return `redis://127.0.0.1:${this.port}/0`;
  }

  /** Whether it has what it had: while it reads its file it says so instead. */
  ping() {
    return new Promise((resolve) => {
      const socket = connect(this.port, "127.0.0.1", () => socket.write("PING\r\n"));
      const done = (answer) => socket.destroy() && resolve(answer);
      socket.once("data", (answer) => done(String(answer).startsWith("+PONG"))).once("error", () => done(false));
    });
  }

  kill() {
    return this.program.kill();
  }

  stop() {
    return this.program.stop();
  }
}
