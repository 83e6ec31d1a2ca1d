// What the first visit costs over the wire, and that nothing comes from anywhere else.

import { Forewatch } from "../harness/forewatch.mjs";
import { eventually } from "../harness/process.mjs";
import { expect, live, test } from "../harness/world.mjs";

const limit = 347_000;

test("the first load stays within its budget and asks nobody else", async ({ page, context }) => {
  // A server of its own: what other tests have left on the page would count.
  const server = await Forewatch.start({ args: ["--local-agent"] });
  const network = await context.newCDPSession(page);
  await network.send("Network.enable");
  let bytes = 0;
  network.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  const elsewhere = [];
  page.on("request", (request) => {
    const { origin } = new URL(request.url());
    if (origin !== server.url) elsewhere.push(request.url());
  });
  await eventually("a worker is there", async () => (await server.api("/workers/stats")).online > 0);
  await server.raiseAlert("There, so that there is one to show");
  await page.goto(server.url);
  await live(page);
  await page.waitForLoadState("networkidle");
  await server.stop();
  expect(elsewhere.filter((url) => !url.startsWith("data:"))).toEqual([]);
  console.log(`${bytes} bytes over the wire`);
  expect(bytes, "bytes over the wire").toBeLessThan(limit);
});

test("files with a hash in their name are cached for ever, and come compressed", async ({ request, world }) => {
  const page = await (await request.get("/")).text();
  const files = [...new Set(page.match(/\/pkg\/[\w./-]+\.(?:js|css|wasm)/g))];
  expect(files.length).toBeGreaterThanOrEqual(3);
  for (const file of files) {
    const { headers } = await fetch(world.server.url + file, { headers: { "accept-encoding": "br" } });
    expect(headers.get("cache-control"), file).toMatch(/immutable/);
    expect(headers.get("content-encoding"), file).toBe("br");
  }
});
