// The dashboard's charts beside uPlot, in one browser, on the same readings: the first draw of 150,000 points, redraws of 12
// lines of 3,600 points with one more reading each, and 20 charts of 1,440 points that take a reading a second.
// `node bench/charts/build.mjs` first. Everything comes from this machine.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { launchOptions } from "../end2end/harness/browser.mjs";
import { target } from "../end2end/harness/forewatch.mjs";
import { bundleStyle } from "../scripts/site/style.mjs";
import { percentile, report } from "./measure.mjs";
import { frames, traced } from "./trace.mjs";

const { chromium } = createRequire(new URL("../end2end/package.json", import.meta.url))("@playwright/test");
const rounds = Number(process.env.ROUNDS ?? 15);
const seconds = Number(process.env.SECONDS_MEASURED ?? 15);
const here = dirname(fileURLToPath(import.meta.url));

const folders = { charts: join(target, "bench-charts"), uplot: join(here, "node_modules/uplot/dist"), page: join(here, "charts") };
const types = { ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm", ".css": "text/css" };
const style = bundleStyle(join(here, "../style/main.css"));
const document = `<!doctype html><html data-theme="light"><head><title>charts</title><link rel="icon" href="data:,"><style>${style}</style>
<link rel="stylesheet" href="/uplot/uPlot.min.css"></head><body><script type="module">window.bench = await import("/page/page.mjs");</script></body></html>`;

const server = createServer((request, response) => {
  const [, folder, name] = request.url.split("/");
  if (request.url === "/") return response.setHeader("content-type", "text/html").end(document);
  if (!folders[folder] || !types[extname(name ?? "")]) return response.writeHead(404).end();
  response.setHeader("content-type", types[extname(name)]).end(readFileSync(join(folders[folder], name)));
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));

const browser = await chromium.launch(launchOptions);
const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, deviceScaleFactor: 1 });
const wrong = [];
page.on("pageerror", (error) => wrong.push(String(error)));
await page.goto(`http://127.0.0.1:${server.address().port}/`);
await page.waitForFunction(() => window.bench, { timeout: 60_000 });

const median = (values) => percentile(values, 0.5);

/** Both sides in turn, twice, so that neither has the warmer half of the run. */
async function both(measure) {
  const found = { forewatch: [], uplot: [] };
  for (const side of ["forewatch", "uplot", "uplot", "forewatch"]) found[side].push(...(await measure(side)));
  return found;
}

const first = await both((side) => page.evaluate(([side, rounds]) => window.bench.firstDraws(side, 1, 150_000, rounds), [side, rounds]));
const cold = first.forewatch[0], coldUplot = first.uplot[0];
const again = await both((side) => page.evaluate(([side, rounds]) => window.bench.redraws(side, 12, 3_600, rounds * 4), [side, rounds]));

const live = {};
for (const side of ["forewatch", "uplot"]) {
  await page.evaluate((side) => window.bench.live(side, 20, 1_440, 1_000), side);
  await page.waitForTimeout(2_500);
  const tasks = await traced(browser, page, () => page.waitForTimeout(seconds * 1000));
  const inked = await page.evaluate(() => window.bench.inked());
  if (inked < 20) wrong.push(`${side}: only ${inked} canvases have anything on them`);
  live[side] = frames(tasks, 16);
  await page.evaluate(() => window.bench.end());
}
await browser.close();
server.close();
if (wrong.length > 0) throw new Error(wrong.join("\n"));

const ratio = (found) => median(found.forewatch) / median(found.uplot);
const share = ({ busy }) => (busy / (seconds * 1000)) * 100;
report("charts", [
  ["150,000 points, first draw, median", median(first.forewatch), "ms", 18],
  ["the same, the very first", cold, "ms"],
  ["uPlot, median", median(first.uplot), "ms"],
  ["uPlot, the very first", coldUplot, "ms"],
  ["Forewatch to uPlot", ratio(first), "times"],
  ["12 lines of 3,600 points, redraw, median", median(again.forewatch), "ms", 5],
  ["uPlot, median", median(again.uplot), "ms"],
  ["Forewatch to uPlot", ratio(again), "times"],
  ["20 charts of 1,440 points, live: longest task, CPU", live.forewatch.longestCpu, "ms", 16],
  ["the same by the clock", live.forewatch.longest, "ms"],
  ["main thread", share(live.forewatch), "% of a core", 20],
  ["uPlot: longest task, CPU", live.uplot.longestCpu, "ms"],
  ["uPlot: main thread", share(live.uplot), "% of a core"],
]);
