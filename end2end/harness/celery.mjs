// A real Redis and a real Celery worker with the small application in celery_app/.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { root, target } from "./forewatch.mjs";
import { Program, freePort, temporaryFolder } from "./process.mjs";

const appFolder = join(root, "end2end/celery_app");
const python = join(target, "venv/bin/python");

export class Redis {
  static async start() {
    const redis = new Redis();
    const port = await freePort();
    const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
    redis.program = new Program("redis-server", [...args, "--dir", temporaryFolder()]);
    await redis.program.says(/Ready to accept connections/);
    redis.url = `redis://127.0.0.1:${port}/0`;
    return redis;
  }

  stop() {
    return this.program.stop();
  }
}

export class Celery {
  /** A worker that takes from the given queues. It sends no task events by itself: stock settings. */
  static async start(redis, { name = "worker-1", queues = "gpu_priority,gpu_fallback,cpu_standard", concurrency = 2 } = {}) {
    const celery = new Celery();
    celery.env = { BROKER_URL: redis.url, PYTHONDONTWRITEBYTECODE: "1" };
    celery.name = `${name}@end2end`;
    const args = ["-m", "celery", "-A", "tasks", "worker", "-n", celery.name, "-Q", queues];
    celery.program = new Program(python, [...args, "-c", String(concurrency), "-l", "INFO"], {
      cwd: appFolder,
      env: celery.env,
    });
    await celery.program.says(/ ready\./);
    return celery;
  }

  /** Sends tasks as the application itself would; answers with their ids, in order. */
  send(...calls) {
    return this.run("send.py", JSON.stringify(calls));
  }

  /** Runs a program of the application; answers with the JSON that it prints. */
  run(script, argument = "", input = "") {
    const options = { cwd: appFolder, env: { ...process.env, ...this.env }, encoding: "utf8", maxBuffer: 1 << 28, input };
    const { status, stdout, stderr } = spawnSync(python, [script, argument], options);
    if (status !== 0) throw new Error(`${script}: ${stderr}`);
    return JSON.parse(stdout);
  }

  /** Celery's own view of all events from now on; `told` ends it and answers with what it made of them. */
  async state() {
    const program = spawn(python, ["state.py"], { cwd: appFolder, env: { ...process.env, ...this.env }, stdio: ["pipe", "pipe", "inherit"] });
    const chunks = [];
    program.stdout.on("data", (chunk) => chunks.push(chunk));
    await once(program.stdout, "data");
    const told = async () => {
      program.stdin.end();
      await once(program, "close");
      return JSON.parse(Buffer.concat(chunks).toString().replace(/^listening\n/, ""));
    };
    return { told };
  }

  stop() {
    return this.program.stop();
  }
}
