// Publishes the made-up lives of tasks to a Redis, as fast as it takes them or at a rate, and says as JSON what it was.
//
//   node publish.mjs URL TASKS [EVENTS_A_SECOND]
//
// With a rate of 0 all messages are made first and then published at once: more than Redis holds for any subscriber.

import { once } from "node:events";
import { connect } from "node:net";
import { wait } from "../measure.mjs";
import { Lives } from "./lives.mjs";

const [url, tasks, rate] = [new URL(process.argv[2]), Number(process.argv[3]), Number(process.argv[4] ?? 0)];
const piece = 64 * 1024;
const socket = connect(Number(url.port), url.hostname);
await once(socket, "connect");

let tags = 0;

function command(...words) {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("")}`;
}

function message([type, host, text]) {
  const routing_key = type.replace("-", ".");
  const envelope = {
    body: Buffer.from(text).toString("base64"),
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
  return command("PUBLISH", `/${url.pathname.slice(1) || 0}.celeryev/${routing_key}`, JSON.stringify(envelope));
}

async function send(text) {
  if (!socket.write(text)) await once(socket, "drain");
}

const lives = new Lives({ tasks });
await send(command("CLIENT", "REPLY", "OFF"));
const pieces = [];
let began = performance.now();
let part = "";
for (const told of lives.told()) {
  part += message(told);
  if (part.length < piece) continue;
  if (rate === 0) pieces.push(part);
  else {
    await send(part);
    const ahead = (lives.events / rate) * 1000 - (performance.now() - began);
    if (ahead > 1) await wait(ahead);
  }
  part = "";
}
pieces.push(part);
if (rate === 0) began = performance.now();
for (const part of pieces) await send(part);
// Answered once all before it is done.
await send(command("CLIENT", "REPLY", "ON"));
await once(socket, "data");
const seconds = (performance.now() - began) / 1000;
socket.destroy();
console.log(JSON.stringify({ events: lives.events, seconds, ended: lives.ended }));
