// Runs in the browser: the same charts by Forewatch and by uPlot, one after the other, and how long each took to draw.
//
// Frames are taken by hand, so that what a chart does for a frame is measured and not when the browser has one. A reading of
// one pixel at the end has the browser carry out what it has only noted down: both sides pay for script and paint.

import init, { BenchCharts } from "/charts/bench-charts.js";
import uPlot from "/uplot/uPlot.esm.js";

/** A chart of Forewatch leaves 804 by 96 pixels of so wide a place to its lines. */
const width = 1152;
/** So does uPlot, whose size is that with the axes. */
const size = { width: 862, height: 150 };
const colours = ["#0072b2", "#00825f", "#a8558a", "#a66a00", "#2b87bd", "#6c7580"];
const browserFrame = window.requestAnimationFrame.bind(window);

let byHand = false;
let due = [];
window.requestAnimationFrame = (act) => (byHand ? due.push(act) : browserFrame(act));
// Nobody answers here: the dashboard's live client waits for its socket for ever.
window.WebSocket = class extends EventTarget {
  readyState = 0;
  close() {}
};

/** What is done in the microtasks that follow, which is when signals and uPlot's own batches are taken up. */
async function settled() {
  for (let n = 0; n < 60; n++) await null;
}

/** Milliseconds that `act` takes with all that follows from it, until its canvases are painted. */
async function timed(act, place) {
  const start = performance.now();
  byHand = true;
  act();
  await settled();
  while (due.length > 0) {
    const acts = due;
    due = [];
    for (const frame of acts) frame(performance.now());
    await settled();
  }
  byHand = false;
  for (const canvas of place.querySelectorAll("canvas")) canvas.getContext("2d").getImageData(0, 0, 1, 1);
  return performance.now() - start;
}

/** Two frames of the browser's own, so that what it does by itself is not in the next figure. */
const rest = () => new Promise((done) => browserFrame(() => browserFrame(() => setTimeout(done, 5))));

/** A load that wanders, different for each line, the same for both sides. */
function load(n, line) {
  return 0.5 + 0.3 * Math.sin(n / 400 + line) + 0.15 * Math.sin(n / 7 + line * line);
}

/** Readings over an hour, and how they go on. */
export class Data {
  constructor(lines, points) {
    Object.assign(this, { lines, points, step: 3600 / points, next: points });
    this.start = Math.floor(Date.now() / 1000) - 3600;
    this.times = Float64Array.from({ length: points }, (_, n) => this.at(n));
    this.values = Float64Array.from({ length: points * lines }, (_, n) => load(n % points, Math.floor(n / points)));
  }

  at(n) {
    return this.start + n * this.step;
  }

  series() {
    return Array.from({ length: this.lines }, (_, line) => Array.from(this.values.subarray(line * this.points, (line + 1) * this.points)));
  }
}

const sides = {
  forewatch: (place, data, count) => {
    const charts = new BenchCharts(count, data.times, data.values);
    return {
      mount: () => charts.mount(place),
      prepare: () => {
        const n = data.next++;
        return () => charts.take(data.at(n), load(n, 0));
      },
      remove: () => (charts.remove(), charts.free()),
    };
  },
  uplot: (place, data, count) => {
    let held = [Array.from(data.times), ...data.series()];
    const axis = { stroke: "#5c646f", grid: { stroke: "#eceef1", width: 1 } };
    const series = Array.from({ length: data.lines }, (_, n) => ({ stroke: colours[n % colours.length], width: 1.5, points: { show: false } }));
    const options = { ...size, legend: { show: false }, axes: [axis, axis], series: [{}, ...series] };
    let charts = [];
    return {
      mount: () => (charts = Array.from({ length: count }, () => new uPlot(options, held, place))),
      // The shifting of its arrays is not in the figure: Forewatch's own shifting is.
      prepare: () => {
        const n = data.next++;
        held = held.map((values, line) => [...values.slice(1), line === 0 ? data.at(n) : load(n, 0)]);
        return () => charts.forEach((chart) => chart.setData(held));
      },
      remove: () => charts.forEach((chart) => chart.destroy()),
    };
  },
};

function place() {
  const element = document.body.appendChild(document.createElement("main"));
  element.style.width = `${width}px`;
  return element;
}

/** How long charts take to be there, drawn for the first time: once each round, on a new chart. */
export async function firstDraws(side, lines, points, rounds) {
  const took = [];
  for (let round = 0; round < rounds; round++) {
    const where = place();
    const chart = sides[side](where, new Data(lines, points), 1);
    await rest();
    took.push(await timed(chart.mount, where));
    await rest();
    chart.remove();
    where.remove();
  }
  return took;
}

/** How long it takes to draw a chart anew with one more reading. */
export async function redraws(side, lines, points, rounds) {
  const where = place();
  const chart = sides[side](where, new Data(lines, points), 1);
  await timed(chart.mount, where);
  const took = [];
  for (let round = 0; round < rounds; round++) {
    await rest();
    const act = chart.prepare();
    took.push(await timed(act, where));
  }
  chart.remove();
  where.remove();
  return took;
}

let running;

/** Charts that take a reading every so often, in the browser's own frames, until `end`. */
export async function live(side, count, points, every) {
  const where = place();
  const chart = sides[side](where, new Data(1, points), count);
  chart.mount();
  await rest();
  running = { timer: setInterval(() => chart.prepare()(), every), chart, where };
}

export function end() {
  clearInterval(running.timer);
  running.chart.remove();
  running.where.remove();
}

/** Where there is ink: a chart that draws nothing would be the quickest. */
export function inked() {
  const isDrawn = (canvas) => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((part) => part > 0);
  return [...running.where.querySelectorAll("canvas")].filter(isDrawn).length;
}

await init("/charts/bench-charts_bg.wasm");
