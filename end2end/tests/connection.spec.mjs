// What a page does when the connection is cut, silent, or no longer allowed.

import { expect, test as base } from "@playwright/test";
import { Forewatch } from "../harness/forewatch.mjs";
import { expectAccessible, expectToFit } from "../harness/world.mjs";
import { Line } from "../harness/line.mjs";

const password = "a password that only the tests know";
const shared = {
  FOREWATCH_AUTH_MODE: "shared",
  FOREWATCH_INGEST_TOKEN: "ingest-token-of-the-tests-0123456789",
  FOREWATCH_PASSWORD: password,
};

const test = base.extend({
  /** Servers of this test's own: what happens to them, no other test sees. */
  start: async ({}, use) => {
    const servers = [];
    await use(async (options) => {
      servers.unshift(await Forewatch.start(options));
      return servers[0];
    });
    for (const server of servers) {
      server.program.signal("SIGCONT");
      await server.stop();
    }
  },
});

const mark = (page) => page.locator(".bar-top .conn");

async function open(page, address) {
  await page.goto(address);
  await expect(mark(page)).toHaveClass(/live/);
}

async function signIn(page) {
  await page.getByLabel(/name/i).fill("Mara Lindqvist");
  await page.getByLabel(/password/i).fill(password);
  await page.getByRole("button", { name: /sign in/i }).click();
}

test("a page that was opened while nothing answered loads once the connection is back", async ({ page, start }) => {
  const server = await start();
  const line = await Line.to(server.url);
  await open(page, line.url);
  line.cut();
  await expect(page.locator("main")).toHaveClass(/is-stale/, { timeout: 15_000 });
  await page.getByRole("link", { name: "Queues" }).first().click();
  await expect(page.getByRole("alert").filter({ hasText: "did not load" })).toBeVisible();
  await line.mend();
  await expect(page.getByRole("heading", { name: "Queues", level: 1 })).toBeVisible({ timeout: 40_000 });
  await line.cut();
});

for (const [colorScheme, width] of [["dark", 1440], ["light", 390]]) {
  test.describe(`${colorScheme}, ${width} px`, () => {
    test.use({ colorScheme, viewport: { width, height: 900 } });

    test("numbers look stale when the server is gone, the mark says since when, and all is well when it is back", async ({ page, start }) => {
      const server = await start({ args: ["--local-agent"] });
      await server.raiseAlert("It was open when the connection was cut");
      await open(page, server.url);
      await server.program.kill();
      await expect(mark(page)).toContainText(/Reconnecting since \d\d:\d\d:\d\d, trying again in/);
      await expect(page.locator("main")).toHaveClass(/is-stale/, { timeout: 15_000 });
      await expect(mark(page)).toContainText(/Stale since \d\d:\d\d:\d\d, trying again in/);
      await expect(mark(page).getByText("trying again")).toBeVisible();
      await expectAccessible(page);
      await expectToFit(page);
      await server.start();
      await expect(mark(page)).toHaveClass(/live/, { timeout: 40_000 });
      await expect(page.locator("main")).not.toHaveClass(/is-stale/);
    });
  });
}

test("a server that falls silent without a word is noticed", async ({ page, start }) => {
  const server = await start();
  await open(page, server.url);
  server.program.signal("SIGSTOP");
  await expect(page.locator("main")).toHaveClass(/is-stale/, { timeout: 20_000 });
  server.program.signal("SIGCONT");
  await expect(mark(page)).toHaveClass(/live/, { timeout: 40_000 });
});

test("once the connection is back, the page tells for how long it was cut and what changed meanwhile", async ({ page, start }) => {
  test.setTimeout(120_000);
  const server = await start();
  const ends = await server.raiseAlert("Ended while nobody heard of it");
  const line = await Line.to(server.url);
  await open(page, line.url);
  await line.cut();
  await expect(page.locator("main")).toHaveClass(/is-stale/, { timeout: 15_000 });
  await server.raiseAlert("Came while nobody heard of it", { severity: "warning" });
  await server.api(`/alerts/${ends.alert_id}/resolve`, {});
  // A cut of a few seconds is not worth a word.
  await page.waitForTimeout(8_000);
  await line.mend();
  const told = page.getByRole("status").filter({ hasText: /Back after (\d+ s|1 min \d+ s): 1 new alert, 1 ended/ });
  await expect(told).toBeVisible({ timeout: 45_000 });
  await expect(mark(page)).toHaveClass(/live/);
  await expectAccessible(page);
  await line.cut();
});

test("signed out in another tab, the page leads to the sign-in page and back", async ({ page, context, start }) => {
  // Another loopback address, as another host would use it.
  const server = await start({ listen: "127.0.0.2:0", env: shared });
  await page.goto(server.url);
  await signIn(page);
  await open(page, `${server.url}/alerts?state=resolved`);
  const other = await context.newPage();
  await open(other, server.url);
  await other.getByRole("button", { name: /Sign out/ }).click();
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await signIn(page);
  await expect(page).toHaveURL(/\/alerts\?state=resolved$/);
});

test("a session that is no longer good after a restart leads to the sign-in page", async ({ page, start }) => {
  const server = await start({ listen: "127.0.0.2:0", env: shared });
  await page.goto(server.url);
  await signIn(page);
  await open(page, `${server.url}/workers`);
  await server.program.kill();
  server.env = { ...shared, FOREWATCH_PASSWORD: "another password, which signs everybody out" };
  await server.start();
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fworkers$/, { timeout: 30_000 });
});

test("what is asked for after the session has ended leads to the sign-in page", async ({ page, context, start }) => {
  const server = await start({ listen: "127.0.0.2:0", env: shared });
  await page.goto(server.url);
  await signIn(page);
  await open(page, server.url);
  // The socket stays; what the browser asks from now on comes from a stranger.
  await context.clearCookies();
  await page.getByRole("navigation").getByRole("link", { name: /^Queues/ }).first().click();
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fqueues$/);
});
