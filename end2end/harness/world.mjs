// What the tests run in: a server that watches a real Celery application, this host and a simulated fleet, and
// a page that remembers everything the browser complained about.

import { AxeBuilder } from "@axe-core/playwright";
import { test as base, expect } from "@playwright/test";
import { Celery, Redis } from "./celery.mjs";
import { Forewatch } from "./forewatch.mjs";
import { eventually } from "./process.mjs";

export { expect } from "@playwright/test";
export { eventually } from "./process.mjs";

export const fleetSize = 6;

/** Everything that ends when it is done with, newest first. */
async function within(use, build) {
  const started = [];
  const keep = async (starting) => {
    const thing = await starting;
    started.unshift(thing);
    return thing;
  };
  try {
    await use(await build(keep));
  } finally {
    for (const thing of started) await thing.stop();
  }
}

async function buildWorld(keep) {
  const redis = await keep(Redis.start());
  const celery = await keep(Celery.start(redis));
  const server = await keep(Forewatch.start({ args: ["--celery", redis.url, "--local-agent"] }));
  await keep(
    server.simulate(["--workers", fleetSize, "--gpus", 2, "--tasks-per-second", 4, "--seed", 7, "--interval", "1s"]),
  );
  const alert = await server.raiseAlert("The demonstration needs someone");
  await eventually("the simulated fleet and the Celery worker are online", async () => {
    const { items } = await server.api("/workers?limit=100");
    return items.filter((worker) => worker.is_online).length >= fleetSize + 2;
  });
  const [failed] = celery.send(["failing", ["the demonstration fails"], "gpu_priority"], ["quick", [1], "cpu_standard"]);
  await eventually("the failed task is known", async () => {
    const { items } = await server.api("/tasks?status=failed&limit=200");
    return items.some((task) => task.task_id === failed);
  });
  return { server, redis, celery, alert, failedTask: failed };
}

export const test = base.extend({
  /** The server and its peers, shared by all tests of a run. */
  world: [async ({}, use) => within(use, buildWorld), { scope: "worker", timeout: 180_000 }],

  baseURL: async ({ world }, use) => use(world.server.url),

  /** Every console message, page error and failed request of the page under test. */
  complaints: async ({ page }, use) => {
    const complaints = [];
    listen(page, complaints);
    await use(complaints);
  },
});

export function listen(page, complaints) {
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error}`));
  page.on("requestfailed", (request) => {
    const { errorText } = request.failure();
    // What the browser gives up because the page is left is no failure.
    if (errorText !== "net::ERR_ABORTED") complaints.push(`failed: ${request.url()} ${errorText}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
  });
}

/** Tells of tasks, as a worker does over HTTP; times are seconds from now. */
export async function tell(world, ...events) {
  const now = Date.now();
  const dated = events.map(({ at = 0, ...event }) => ({ at: new Date(now + at * 1_000).toISOString(), ...event }));
  const answer = await world.server.api("/events", dated);
  expect(answer.rejected).toEqual([]);
  // What is told is seen with the next tick.
  const known = ({ task_id, type }) => world.server.api(`/tasks/${task_id}`).then(({ events }) => events.some(({ what }) => type.endsWith(what)), () => false);
  await eventually("the task is known", async () => (await Promise.all(events.map(known))).every(Boolean));
}

/** The page's code has taken over from what the server rendered, and live data has arrived. */
export async function live(page) {
  await expect(page.locator(".conn.live")).toBeVisible();
}

/** No known accessibility fault in what is on the screen now, or in the part of it that a selector names. */
export async function expectAccessible(page, part = "html") {
  // What is fading in has its colours when it is there; what moves without an end is not waited for.
  await page.evaluate(() => {
    const ends = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity);
    return Promise.allSettled(ends.map(({ finished }) => finished)).then(() => {});
  });
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .include(part)
    .analyze();
  expect(
    violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`),
  ).toEqual([]);
}

/** Nothing sticks out to the right, so that the page does not scroll sideways. */
export async function expectToFit(page) {
  const tooWide = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const sticksOut = (element) => element.getBoundingClientRect().right > width + 0.5;
    const inner = [...document.querySelectorAll("body *")].filter((e) => sticksOut(e) && ![...e.children].some(sticksOut));
    const told = ({ outerHTML, textContent }) => `${outerHTML.slice(0, 120)} … ${textContent.slice(0, 80)}`;
    return [`${document.documentElement.scrollWidth - width} px too wide`, ...inner.slice(0, 8).map(told)];
  });
  expect(tooWide).toEqual([]);
}

/** The button that does something with one alert; its name says which alert. */
export function deed(page, word, { title }) {
  return page.getByRole("button", { name: `${word}: ${title}`, exact: true }).first();
}

/** The pages, each with an address that leads to something. */
export const pages = {
  overview: () => "/",
  workers: () => "/workers",
  worker: ({ worker }) => `/workers/${encodeURIComponent(worker)}`,
  tasks: () => "/tasks",
  groups: () => "/tasks?by=error",
  task: ({ failedTask }) => `/tasks/${failedTask}`,
  queues: () => "/queues",
  queue: () => "/queues/gpu_priority",
  alerts: () => "/alerts",
  alert: ({ alert }) => `/alerts/${alert.alert_id}`,
  trends: () => "/trends",
  reports: () => "/reports",
  settings: () => "/settings",
};
