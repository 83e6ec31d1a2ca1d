// What those who run Forewatch rely on: health, metrics, a described API, and a stop that loses nothing.

import { spawnSync } from "node:child_process";
import { expect, test } from "../harness/world.mjs";
import { Forewatch } from "../harness/forewatch.mjs";

test("the server says that it is up and ready", async ({ request }) => {
  expect((await request.get("/healthz")).status()).toBe(200);
  expect((await request.get("/readyz")).status()).toBe(200);
});

test("promtool finds nothing to say about the metrics", async ({ request, world }) => {
  expect(world.server.url).toBeTruthy();
  const metrics = await (await request.get("/metrics")).text();
  expect(metrics).toContain("forewatch_");
  const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], { input: metrics, encoding: "utf8" });
  expect(stdout + stderr).toBe("");
  expect(status).toBe(0);
});

test("the API describes itself, and its pages load nothing from elsewhere", async ({ page, request, world }) => {
  const { paths } = await (await request.get("/api/v1/openapi.json")).json();
  expect(Object.keys(paths).length).toBeGreaterThan(10);
  const elsewhere = [];
  page.on("request", (asked) => asked.url().startsWith(world.server.url) || elsewhere.push(asked.url()));
  await page.goto("/api/docs");
  await page.waitForLoadState("networkidle");
  expect(elsewhere.filter((url) => !url.startsWith("data:"))).toEqual([]);
});

test("asked to stop, the server ends well within ten seconds and keeps what it knew", async () => {
  const server = await Forewatch.start();
  const { alert_id } = await server.raiseAlert("Still there after a stop");
  const asked = Date.now();
  expect(await server.stop()).toEqual({ code: 0, signal: null });
  expect(Date.now() - asked).toBeLessThan(10_000);
  await server.start();
  expect((await server.api(`/alerts/${alert_id}`)).title).toBe("Still there after a stop");
  await server.stop();
});

for (const [what, options, told] of [
  ["a port that is no number", { listen: "127.0.0.1:port" }, /invalid value '127\.0\.0\.1:port' for '--listen/],
  ["a store of an unknown kind", { args: ["--store", "gopher:somewhere"] }, /store/],
  ["a public address without authentication", { listen: "0.0.0.0:0" }, /auth\.mode/],
]) {
  test(`started with ${what}, it ends with code 2 and says why in a line`, async () => {
    const server = new Forewatch(options);
    await expect(server.start()).rejects.toThrow(told);
    expect(await server.program.ended).toEqual({ code: 2, signal: null });
  });
}
