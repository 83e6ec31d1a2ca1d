// Kills the server with SIGKILL while it takes in events, again and again. Every event that it had acknowledged must
// be there after each restart; exits with 1 when one is missing.

import { Forewatch } from "../end2end/harness/forewatch.mjs";
import { report, wait } from "./measure.mjs";

const rounds = Number(process.env.ROUNDS ?? 20);
const senders = 4;
const batch = 50;

const server = await Forewatch.start();
const restarts = [];
let acknowledged = 0;
let lost = 0;

/** Sends batches until the server is gone; answers with the ids that it acknowledged. */
async function send(round, sender) {
  const known = [];
  for (let number = 0; ; number++) {
    const ids = Array.from({ length: batch }, (_, i) => `r${round}-s${sender}-${number}-${i}`);
    const events = ids.map((task_id) => ({
      type: "task.submitted",
      at: new Date().toISOString(),
      task_id,
      content_type: "bench",
      name: `bench.round.${round}`,
      queue: "bench",
    }));
    try {
      const { accepted } = await server.api("/events", events);
      if (accepted !== batch) throw new Error(`accepted ${accepted} of ${batch}`);
      known.push(...ids);
    } catch (error) {
      // A connection that breaks is the kill; an answer that is not a yes is a finding.
      if (error.name === "TypeError" || error.cause) return known;
      throw error;
    }
  }
}

/** Every task of a round that the server knows, page by page. */
async function tasksOf(round) {
  const found = new Set();
  let cursor = "";
  do {
    const page = await server.api(`/tasks?name=bench.round.${round}&limit=1000${cursor && `&cursor=${cursor}`}`);
    for (const { task_id } of page.items) found.add(task_id);
    cursor = page.next_cursor && encodeURIComponent(page.next_cursor);
  } while (cursor);
  return found;
}

const history = [];
for (let round = 0; round < rounds; round++) {
  const sending = Promise.all(Array.from({ length: senders }, (_, sender) => send(round, sender)));
  await wait(300 + ((round * 397) % 1200));
  await server.program.kill();
  const ids = (await sending).flat();
  history.push(ids);
  acknowledged += ids.length;
  const start = performance.now();
  await server.start();
  restarts.push(performance.now() - start);
  const found = await tasksOf(round);
  const missing = ids.filter((id) => !found.has(id));
  lost += missing.length;
  if (missing.length > 0) console.error(`round ${round}: ${missing.length} of ${ids.length} lost, such as ${missing[0]}`);
}

// What survived one crash must survive the later ones too.
for (const [round, ids] of history.entries()) {
  const found = await tasksOf(round);
  lost += ids.filter((id) => !found.has(id)).length;
}
await server.stop();

report("kill", [
  ["kill -9 under ingest", rounds, "times"],
  ["events acknowledged", acknowledged, "events"],
  ["of them lost", lost, "events", 0],
  ["slowest restart until ready", Math.max(...restarts) / 1000, "s", 2],
]);
process.exit(lost === 0 ? 0 : 1);
