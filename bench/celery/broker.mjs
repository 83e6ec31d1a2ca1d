// Publishing on a Celery application's channel of events as its workers do, over a bare socket: faster than any client.

import { once } from "node:events";
import { connect } from "node:net";

let tags = 0;

/** A command as Redis takes it; `words` are texts or bytes. */
function command(...words) {
  const parts = words.flatMap((word) => [Buffer.from(`$${Buffer.byteLength(word)}\r\n`), Buffer.from(word), Buffer.from("\r\n")]);
  return Buffer.concat([Buffer.from(`*${words.length}\r\n`), ...parts]);
}

/** A connection to a broker, over which nothing is answered until `done`. */
export class Broker {
  static async at(url) {
    const broker = new Broker();
    const { port, hostname, pathname } = new URL(url);
    broker.db = pathname.slice(1) || "0";
    broker.socket = connect(Number(port), hostname);
    await once(broker.socket, "connect");
    await broker.send(command("CLIENT", "REPLY", "OFF"));
    return broker;
  }

  /** What is to be sent to publish one event: its type, the host that tells of it, and its text or bytes. */
  message(type, host, body) {
    const routing_key = type.replace("-", ".");
    const envelope = {
      body: Buffer.from(body).toString("base64"),
      "content-encoding": "utf-8",
      "content-type": "application/json",
      headers: { hostname: host },
      properties: {
        delivery_mode: 1,
        delivery_info: { exchange: "celeryev", routing_key },
        priority: 0,
        body_encoding: "base64",
        delivery_tag: `00000000-0000-4000-a000-${(tags++).toString(16).padStart(12, "0")}`,
      },
    };
    return this.raw(routing_key, JSON.stringify(envelope));
  }

  /** The same for what is no envelope. */
  raw(routing_key, data) {
    return command("PUBLISH", `/${this.db}.celeryev/${routing_key}`, data);
  }

  async send(bytes) {
    if (!this.socket.write(bytes)) await once(this.socket, "drain");
  }

  /** Answers once all that was sent is published, and leaves. */
  async done() {
    await this.send(command("CLIENT", "REPLY", "ON"));
    await once(this.socket, "data");
    this.socket.destroy();
  }
}
