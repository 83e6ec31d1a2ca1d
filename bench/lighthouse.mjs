// What Lighthouse says of every page, as on a desktop and as on a phone: performance, accessibility and best practices, of 100.
// On a phone it reckons with a slow network and a slower processor. By how much slower depends on this machine, by
// Lighthouse's own index of it, so that the phone is the same one wherever this is measured; SLOWDOWN=4 is Lighthouse's default,
// which is meant for a fast desktop. Of ROUNDS of a page the middle one counts, by its performance: what else the machine does
// falls on some of them.

import lighthouse, { desktopConfig } from "lighthouse";
import { launchOptions } from "../end2end/harness/browser.mjs";
import { Celery, Redis } from "../end2end/harness/celery.mjs";
import { Forewatch } from "../end2end/harness/forewatch.mjs";
import { Program, eventually, freePort, temporaryFolder } from "../end2end/harness/process.mjs";
import { pages } from "../end2end/harness/world.mjs";
import { percentile, report } from "./measure.mjs";

const categories = ["performance", "accessibility", "best-practices"];
const aim = 95;
const rounds = Number(process.env.ROUNDS ?? 3);

/** By how much a processor of this index is slower as a usual phone: https://lighthouse-cpu-throttling-calculator.vercel.app */
function slowdownOf(index) {
  if (index >= 1300) return 3 + (index - 1300) / 233;
  return index >= 800 ? 2 + (index - 800) / 500 : Math.max(1, 1 + (index - 150) / 650);
}

const redis = await Redis.start();
const celery = await Celery.start(redis);
const server = await Forewatch.start({ args: ["--local-agent", "--celery", redis.url] });
const fleet = server.simulate(["--workers", 40, "--gpus", 8, "--tasks-per-second", 20, "--seed", 3, "--interval", "2s"]);
const alert = await server.raiseAlert("Raised by hand, so that there is one to look at");
const [failedTask] = celery.send(["failing", ["the measured one"], "gpu_priority"]);
const failed = async () => (await server.api("/tasks?status=failed")).items.some((task) => task.task_id === failedTask);
await eventually("a task has failed", failed, { within: 60_000 });
const worker = (await server.api("/workers?limit=1")).items[0].worker_id;
const things = { alert, failedTask, worker };

const port = await freePort();
const flags = ["--headless=new", `--remote-debugging-port=${port}`, `--user-data-dir=${temporaryFolder()}`, ...launchOptions.args];
const browser = new Program(launchOptions.executablePath, [...flags, "about:blank"]);
const answers = () => fetch(`http://127.0.0.1:${port}/json/version`).then(({ ok }) => ok, () => false);
await eventually("the browser answers", answers, { within: 30_000 });

const rows = [];
const complaints = [];
const indexes = [];
function configOf(device) {
  if (device === "desktop") return desktopConfig;
  const index = percentile(indexes, 0.5);
  const cpuSlowdownMultiplier = Number(process.env.SLOWDOWN ?? slowdownOf(index));
  rows.push(["Lighthouse's index of this machine, median", index, ""], ["the phone's processor is slower by", cpuSlowdownMultiplier, "times"]);
  return { extends: "lighthouse:default", settings: { throttling: { cpuSlowdownMultiplier } } };
}
for (const device of ["desktop", "phone"]) {
  const config = configOf(device);
  for (const [name, address] of Object.entries(pages)) {
    const options = { port, output: "json", logLevel: "error", onlyCategories: categories };
    const judge = async () => (await lighthouse(server.url + address(things), options, config)).lhr;
    const judged = [];
    for (let round = 0; round < rounds; round++) {
      let lhr = await judge();
      // Now and then the browser tells it too little: then it says so, and has judged nothing.
      if (lhr.runtimeError) lhr = await judge();
      if (lhr.runtimeError) throw new Error(`${device}: ${name}: ${lhr.runtimeError.message}`);
      indexes.push(lhr.environment.benchmarkIndex);
      judged.push(lhr);
    }
    const performance = (lhr) => lhr.categories.performance.score;
    const lhr = judged.sort((a, b) => performance(a) - performance(b))[Math.floor(rounds / 2)];
    for (const category of categories) {
      const { score, auditRefs } = lhr.categories[category];
      rows.push([`${device}: ${name}, ${category}`, Math.round(score * 100), "of 100", aim]);
      if (score * 100 >= aim) continue;
      const short = auditRefs.map(({ id, weight }) => ({ ...lhr.audits[id], weight })).filter(({ score, weight }) => weight > 0 && score !== null && score < 0.9);
      complaints.push(`${device}: ${name}: ${short.map(({ title, displayValue = "" }) => `${title} ${displayValue}`.trim()).join("; ")}`);
    }
  }
}
report("lighthouse", rows);
for (const complaint of complaints) console.log(`  ${complaint}`);

for (const thing of [browser, fleet, server, celery, redis]) await thing.stop();
