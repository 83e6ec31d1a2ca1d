// Publishes the made-up lives of tasks to a Redis, as fast as it takes them or at a rate, and says as JSON what it was.
//
//   node publish.mjs URL TASKS [EVENTS_A_SECOND]
//
// With a rate of 0 all messages are made first and then published at once: more than Redis holds for any subscriber.

import { wait } from "../measure.mjs";
import { Broker } from "./broker.mjs";
import { Lives } from "./lives.mjs";

const [url, tasks, rate] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4] ?? 0)];
/** Messages that are sent at once. */
const piece = 100;

const broker = await Broker.at(url);
const lives = new Lives({ tasks });
const pieces = [];
let began = performance.now();
let part = [];
for (const told of lives.told()) {
  part.push(broker.message(...told));
  if (part.length < piece) continue;
  if (rate === 0) pieces.push(Buffer.concat(part));
  else {
    await broker.send(Buffer.concat(part));
    const ahead = (lives.events / rate) * 1000 - (performance.now() - began);
    if (ahead > 1) await wait(ahead);
  }
  part = [];
}
pieces.push(Buffer.concat(part));
if (rate === 0) began = performance.now();
for (const part of pieces) await broker.send(part);
await broker.done();
const seconds = (performance.now() - began) / 1000;
// Workers live on after a burst: a subscriber that was cut off learns from them how much it missed.
const later = await Broker.at(url);
for (let n = 0; n < 5; n++) {
  await wait(2_000);
  await later.send(Buffer.concat(lives.heartbeats().map((told) => later.message(...told))));
}
await later.done();
console.log(JSON.stringify({ events: lives.events, seconds, ended: lives.ended }));
