// A real Forewatch server on a free port with a store of its own, and the simulated fleet that reports to it.

import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { eventually, Program, temporaryFolder } from "./process.mjs";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
export const target = resolve(root, process.env.CARGO_TARGET_DIR || "target");

function binary(name, override) {
  const path = process.env[override] ?? join(target, "debug", name);
  if (!existsSync(path)) throw new Error(`${path} is missing: run make test, or set ${override}`);
  return path;
}

export class Forewatch {
  constructor({ args = [], env = {}, listen = "127.0.0.1:0" } = {}) {
    this.folder = temporaryFolder();
    this.args = args;
    this.env = env;
    this.listen = listen;
  }

  static async start(options) {
    const server = new Forewatch(options);
    await server.start();
    return server;
  }

  /** Starts it, the second time on the same store and the same port. */
  async start() {
    const site = process.env.FOREWATCH_SITE_ROOT ?? join(target, "site");
    const args = ["serve", "--listen", this.listen, "--site-root", site, ...this.args];
    const env = { FOREWATCH_DATA: this.folder, FOREWATCH_LOG: "warn", ...this.env };
    this.program = new Program(binary("forewatch", "FOREWATCH_BIN"), args, { env });
    const [, url] = await this.program.says(/^forewatch is ready on (\S+)$/);
    this.url = url.replace(/\/$/, "");
    this.listen = new URL(this.url).host;
    return this;
  }

  /** As when the machine loses power for a moment: no time to write anything. */
  async killAndRestart() {
    await this.program.kill();
    return this.start();
  }

  async stop() {
    return this.program.stop();
  }

  /** Asks the API; a body makes it a POST. */
  async api(path, body, headers = {}) {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: body === undefined ? headers : { "content-type": "application/json", ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }

  /** Raises an alert by hand, as a person or a script would. */
  raiseAlert(title, more = {}) {
    return this.api("/alerts", { title, severity: "error", component: "system", component_id: "fleet", ...more });
  }

  /** Puts a note on the time line as of now, and waits until this one, not any other, is there. */
  async note(title, tags = []) {
    await this.api("/events", [{ type: "annotation", title, tags, at: new Date().toISOString() }]);
    await eventually(`the note "${title}" is kept`, async () => {
      const { items } = await this.api("/annotations?from=now-5m");
      return items.some((note) => note.title === title);
    });
  }

  /** A fleet that makes its readings up; ends with the tests. */
  simulate(args) {
    const all = ["simulate", "--server", this.url, ...args.map(String)];
    return new Program(binary("forewatch-agent", "FOREWATCH_AGENT_BIN"), all);
  }
}
