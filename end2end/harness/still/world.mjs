// A server that has watched half an hour, and whose clock then stands: a Tuesday, 14:00. What it watched earlier can be given.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Forewatch } from "../forewatch.mjs";
import { eventually, temporaryFolder } from "../process.mjs";
import { StillClock } from "./clock.mjs";
import { readings, registration, silent, taskEvents, workers } from "./fleet.mjs";

export const now = new Date("2026-01-06T14:00:00Z");
const seconds = 1_800;
const step = 10;

/** The time at second `t` of the half hour. */
const at = (t) => new Date(now.getTime() + (t - seconds) * 1_000).toISOString();

/** The time that was set has come. */
const come = ({ server, clock }) =>
  eventually("the time has come", async () => Date.parse((await server.api("/system")).timestamp) >= clock.at.getTime(), { every: 10 });

/** Sets the time and registers all workers: those not heard of for a day are forgotten. */
async function meet({ server, clock }, time) {
  clock.set(time);
  await come({ server, clock });
  for (const worker of workers) await server.api("/workers/register", { registration: registration(worker) });
}

/** Tells the server what happened until the time that is set, and has the rules evaluated with it. */
async function tell({ server }, events) {
  const { rejected } = await server.api("/events", events);
  if (rejected.length > 0) throw new Error(JSON.stringify(rejected.slice(0, 3)));
  const { worker_id, at } = events.findLast(({ type }) => type === "worker.heartbeat");
  const isShown = async () => Date.parse((await server.api(`/workers/${worker_id}`)).timestamp) >= Date.parse(at);
  await eventually("the rules are evaluated with what was told", isShown, { every: 10 });
}

export async function buildStillWorld({ earlier = [] } = {}) {
  const clock = new StillClock(earlier[0]?.end ?? at(0));
  const config = join(temporaryFolder(), "forewatch.toml");
  writeFileSync(config, '[server]\ntick = "50ms"\n');
  const server = await Forewatch.start({ args: ["--config", config], env: clock.env });
  for (const { end, events } of earlier) {
    await meet({ server, clock }, end);
    await tell({ server, clock }, events);
  }
  await meet({ server, clock }, at(0));
  const told = taskEvents(seconds);
  for (let t = step; t <= seconds; t += step) {
    clock.set(at(t));
    const ended = told.filter((event) => event.t > t - step && event.t <= t).map(({ t, ...event }) => ({ ...event, at: at(t) }));
    const deploy = t === 850 ? [{ type: "annotation", at: at(t), title: "Deploy 42", tags: ["deploy"] }] : [];
    await tell({ server, clock }, [...ended, ...deploy, ...readings(t, at(t))]);
  }
  const { items: alerts } = await server.api("/alerts?limit=100");
  const offline = alerts.find(({ component_id }) => component_id === silent.id);
  const failed = told.findLast(({ type }) => type === "task.failed");
  return { server, clock, alert: offline, failedTask: failed.task_id, worker: "fra-gpu-3" };
}
