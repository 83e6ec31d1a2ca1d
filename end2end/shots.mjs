#!/usr/bin/env node
// Pictures of every page, for a person to look at.
//
//   node shots.mjs [BASE_URL] [FOLDER]
//   node shots.mjs --docs
//
// Without a base URL a server with a simulated fleet is started for it. Pictures go to FOLDER (test-results/shots):
// NAME-WIDTH-THEME.png, 1440, 768 and 390 wide, dark and light. With --docs those of the documentation are made anew: one
// screen of each page, of the world that stands still for the tests of pictures.

import { mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import { launchOptions } from "./harness/browser.mjs";
import { Forewatch } from "./harness/forewatch.mjs";
import { lettersOnly } from "./harness/still/fonts.mjs";
import { buildStillWorld, now } from "./harness/still/world.mjs";
import { pages } from "./harness/world.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const words = process.argv.slice(2);
const isDocs = words[0] === "--docs" && Boolean(words.shift());
const [givenUrl, givenFolder] = words;
const folder = resolve(givenFolder ?? join(here, isDocs ? "../docs" : "test-results/shots"));
mkdirSync(folder, { recursive: true });

async function demonstration() {
  const server = await Forewatch.start({ args: ["--local-agent"] });
  server.simulate(["--workers", 40, "--gpus", 8, "--tasks-per-second", 20, "--seed", 3, "--interval", "2s"]);
  await server.raiseAlert("Raised by hand, so that there is one to look at");
  await new Promise((wait) => setTimeout(wait, 20_000));
  return server.url;
}

async function firstOf(url, path, id) {
  const response = await fetch(`${url}/api/v1${path}`);
  const { items = [] } = response.ok ? await response.json() : {};
  return items[0]?.[id];
}

/** The pages of a server, each with an address that leads to something. */
async function pagesOf(url) {
  const ids = {
    workers: await firstOf(url, "/workers?limit=1", "worker_id"),
    tasks: (await firstOf(url, "/tasks?status=failed&limit=1", "task_id")) ?? (await firstOf(url, "/tasks?limit=1", "task_id")),
    alerts: await firstOf(url, "/alerts?limit=1", "alert_id"),
    queues: await firstOf(url, "/queues?limit=1", "queue_type"),
  };
  const trends = "/trends?metric=gpu.utilization&by=worker,gpu&metric2=queue.pending&by2=queue&range=15min";
  const addresses = { overview: "/", workers: "/workers", tasks: "/tasks", queues: "/queues", alerts: "/alerts", trends };
  Object.assign(addresses, { groups: "/tasks?by=error", reports: "/reports", settings: "/settings", design: "/design" });
  for (const slide of ["overview", "charts", "workers", "queues", "alerts"]) addresses[`wall-${slide}`] = `/?wall=${slide}`;
  for (const [kind, id] of Object.entries(ids)) {
    if (id) addresses[kind.slice(0, -1)] = `/${kind}/${encodeURIComponent(id)}`;
  }
  return addresses;
}

/** The pages of the documentation. */
function pagesOfDocs(still) {
  const trends = "/trends?metric=gpu.temperature&by=worker,gpu&metric2=queue.pending&by2=queue&range=1h";
  const addresses = Object.entries(pages).map(([name, address]) => [name, address(still)]);
  return { ...Object.fromEntries(addresses), trends, "wall-overview": "/?wall=overview", "wall-charts": "/?wall=charts" };
}

const still = isDocs && (await buildStillWorld());
const url = still ? still.server.url : (givenUrl?.replace(/\/$/, "") ?? (await demonstration()));
const addresses = still ? pagesOfDocs(still) : await pagesOf(url);

// A release does not have it.
if (addresses.design && !(await fetch(url + addresses.design)).ok) delete addresses.design;

const browser = await chromium.launch(still ? { ...launchOptions, env: { ...process.env, ...lettersOnly() } } : launchOptions);
for (const colorScheme of isDocs ? ["dark"] : ["dark", "light"]) {
  for (const width of isDocs ? [1440] : [1440, 768, 390]) {
    const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 }, timezoneId: "UTC" });
    if (still) await page.clock.setFixedTime(now);
    for (const [name, path] of Object.entries(addresses)) {
      page.removeAllListeners("console");
      page.on("console", (message) => console.log(`${name}: ${message.type()}: ${message.text()}`));
      await page.goto(url + path);
      await page.waitForTimeout(2_500);
      const picture = isDocs ? `${name}.png` : `${name}-${width}-${colorScheme}.png`;
      await page.screenshot({ path: join(folder, picture), fullPage: !isDocs });
    }
    await page.close();
  }
}
await browser.close();
console.log(folder);
process.exit(0);
