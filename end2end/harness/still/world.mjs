// A server that has watched half an hour, and whose clock then stands: a Tuesday, 14:00.

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

/** The rules have been evaluated at the time that was set. */
const evaluated = ({ server, clock }) =>
  eventually("the rules are evaluated", async () => Date.parse((await server.api("/system")).timestamp) >= clock.at.getTime(), { every: 10 });

export async function buildStillWorld() {
  const clock = new StillClock(at(0));
  const config = join(temporaryFolder(), "forewatch.toml");
  writeFileSync(config, '[server]\ntick = "50ms"\n');
  const server = await Forewatch.start({ args: ["--config", config], env: clock.env });
  for (const worker of workers) await server.api("/workers/register", { registration: registration(worker) });
  const told = taskEvents(seconds);
  for (let t = step; t <= seconds; t += step) {
    clock.set(at(t));
    const ended = told.filter((event) => event.t > t - step && event.t <= t).map(({ t, ...event }) => ({ ...event, at: at(t) }));
    const deploy = t === 850 ? [{ type: "annotation", at: at(t), title: "Deploy 42", tags: ["deploy"] }] : [];
    const { rejected } = await server.api("/events", [...ended, ...deploy, ...readings(t, at(t))]);
    if (rejected.length > 0) throw new Error(JSON.stringify(rejected.slice(0, 3)));
    await evaluated({ server, clock });
  }
  const { items: alerts } = await server.api("/alerts?limit=100");
  const offline = alerts.find(({ component_id }) => component_id === silent.id);
  const failed = told.findLast(({ type }) => type === "task.failed");
  return { server, clock, alert: offline, failedTask: failed.task_id, worker: "fra-gpu-3" };
}
