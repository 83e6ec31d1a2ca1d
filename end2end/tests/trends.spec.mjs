// Trends: the whole choice lives in the address, works without any script, and every number can be had as text.

import { eventually, expect, expectAccessible, expectToFit, live, test } from "../harness/world.mjs";

const byWorker = "/trends?metric=worker.cpu_usage&by=worker&range=15min";

/** A chart, by its metric. */
const chart = (page, metric) => page.getByRole("region", { name: new RegExp(`^Chart \\d: ${metric.replaceAll(".", "\\.")}$`) });

/** The place in a chart's plot at a share of its width. */
async function place(page, metric, share) {
  const area = await chart(page, metric).locator(".chart .area").boundingBox();
  return [area.x + area.width * share, area.y + area.height / 2];
}

async function drag(page, metric, from, to) {
  await page.mouse.move(...(await place(page, metric, from)));
  await page.mouse.down();
  await page.mouse.move(...(await place(page, metric, (from + to) / 2)), { steps: 4 });
  await page.mouse.move(...(await place(page, metric, to)), { steps: 4 });
  await page.mouse.up();
}

/** Waits until history has something to show for each worker. */
async function readings(world) {
  await eventually("history has readings", async () => {
    const { series } = await world.server.api("/query?metric=worker.cpu_usage&from=now-5m&step=10");
    return series.filter(({ points }) => points.filter(([, value]) => value !== null).length >= 3).length >= 6;
  });
}

test.beforeEach(({ world }) => readings(world));

test("what is chosen is in the address: after a reload it is there again, and back leads back", async ({ page }) => {
  await page.goto("/trends");
  await live(page);
  const first = page.getByRole("region", { name: /^Chart 1: / }).locator("form.question");
  await first.getByLabel("Metric").selectOption("worker.memory_usage");
  await first.getByLabel("Lines").selectOption("worker");
  await first.getByLabel("How values become one").selectOption("max");
  await first.getByRole("button", { name: "Show" }).click();
  await expect(page).toHaveURL(/metric=worker\.memory_usage/);
  const rows = chart(page, "worker.memory_usage").locator(".legend tbody tr");
  await expect(rows).not.toHaveCount(1);
  const count = await rows.count();
  await page.reload();
  await expect(rows).toHaveCount(count);
  await expect(chart(page, "worker.memory_usage").getByLabel("How values become one")).toHaveValue("max");
  await page.getByRole("link", { name: "24 h" }).click();
  await expect(page).toHaveURL(/range=24h/);
  await page.goBack();
  await expect(page).not.toHaveURL(/range=24h/);
  await page.goBack();
  await expect(chart(page, "system.throughput")).toBeVisible();
});

test("dragging zooms, a double click returns, and so does the way back", async ({ page, complaints }) => {
  await page.goto(byWorker);
  await live(page);
  await drag(page, "worker.cpu_usage", 0.95, 0.99);
  await expect(page).toHaveURL(/zoom=/);
  await expect(page.getByRole("link", { name: "Zoom out" })).toBeVisible();
  const [x, y] = await place(page, "worker.cpu_usage", 0.5);
  await page.mouse.dblclick(x, y);
  await expect(page).not.toHaveURL(/zoom=/);
  await page.goBack();
  await expect(page).toHaveURL(/zoom=/);
  await page.reload();
  await live(page);
  await expect(page.getByRole("link", { name: "Zoom out" })).toBeVisible();
  expect(complaints).toEqual([]);
});

test("charts share the cursor, and the numbers beside them follow it", async ({ page }) => {
  await page.goto("/trends?metric=worker.cpu_usage&metric2=system.workers_online&range=15min");
  await live(page);
  await page.mouse.move(...(await place(page, "worker.cpu_usage", 0.98)));
  for (const metric of ["worker.cpu_usage", "system.workers_online"]) {
    await expect(chart(page, metric).locator(".cursor")).toBeVisible();
    await expect(chart(page, metric).locator(".legend thead")).not.toContainText("Last");
  }
});

test("a line is shown alone, and again with the others", async ({ page }) => {
  await page.goto(byWorker);
  await live(page);
  const entry = chart(page, "worker.cpu_usage").locator(".legend tbody tr").nth(1).getByRole("link");
  await entry.click();
  await expect(page).toHaveURL(/only=/);
  await expect(entry).toHaveAttribute("aria-current", "true");
  await entry.click();
  await expect(page).not.toHaveURL(/only=/);
});

test("filters leave the lines that they name", async ({ page, world }) => {
  const { items } = await world.server.api("/workers?limit=100");
  const worker = items.find(({ cpu_usage }) => cpu_usage !== null).worker_id;
  await page.goto(byWorker);
  await live(page);
  await chart(page, "worker.cpu_usage").getByLabel("worker", { exact: true }).fill(worker);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`worker=${encodeURIComponent(worker)}`));
  await expect(chart(page, "worker.cpu_usage").locator(".legend tbody tr")).toHaveCount(1);
});

test("a chart is compared with the time before", async ({ page }) => {
  await eventually("there is something before", async () => {
    const to = Date.now();
    const write = (at) => new Date(at).toISOString().slice(0, 19);
    await page.goto(`/trends?metric=worker.cpu_usage&from=${write(to - 20_000)}&to=${write(to)}&compare=before`);
    return (await page.getByRole("columnheader", { name: "Change" }).count()) === 1;
  });
  await expect(page.getByRole("columnheader", { name: /Mean the period before/ })).toBeVisible();
});

test("the numbers come as a file with names and units", async ({ page }) => {
  await page.goto(byWorker);
  await live(page);
  const coming = page.waitForEvent("download");
  await chart(page, "worker.cpu_usage").getByRole("link", { name: "CSV" }).click();
  const download = await coming;
  expect(download.suggestedFilename()).toBe("worker.cpu_usage.csv");
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  const [head, ...rows] = Buffer.concat(chunks).toString().trim().split("\r\n");
  expect(head).toMatch(/^time \[UTC\],"avg of worker\.cpu_usage, .+ \[ratio\]"/);
  expect(rows.length).toBeGreaterThan(50);
  expect(rows.at(-2)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ,.*0\.\d/);
});

test("what changed is ranked, with the shift key held or by a link, and each row leads to its trend", async ({ page, complaints }) => {
  await page.goto("/trends?metric=worker.cpu_usage&range=15min");
  await live(page);
  await page.keyboard.down("Shift");
  await drag(page, "worker.cpu_usage", 0.9, 0.98);
  await page.keyboard.up("Shift");
  await expect(page).toHaveURL(/changed=/);
  await expect(page).not.toHaveURL(/zoom=/);
  const panel = page.getByRole("region", { name: "What changed" }).first();
  await expect(panel).toContainText(/\d+ metrics compared/);
  await expectAccessible(page);
  await panel.getByRole("link", { name: "Close what changed" }).click();
  await expect(panel).toBeHidden();
  await page.getByRole("link", { name: "What changed here?" }).click();
  await expect(panel).toContainText(/\d+ metrics compared/);
  // Who gets the link, or loads it anew, has the same, and it is live.
  await page.reload();
  await live(page);
  await expect(panel).toContainText(/\d+ metrics compared/);
  await panel.getByRole("link", { name: "Close what changed" }).click();
  await expect(panel).toBeHidden();
  expect(complaints).toEqual([]);
});

test("a note on the time line is a mark on the charts", async ({ page, world }) => {
  const title = `Deployed ${Date.now()}`;
  await world.server.note(title, ["web"]);
  await page.goto("/trends?metric=worker.cpu_usage&range=15min");
  await live(page);
  await expect(page.locator(".mark", { hasText: title })).toBeAttached();
});

test("a note is added by hand, at the moment that was clicked, and is marked at once", async ({ page, world, complaints }) => {
  await page.goto("/trends?metric=worker.cpu_usage&range=15min");
  await live(page);
  await page.mouse.click(...(await place(page, "worker.cpu_usage", 0.5)));
  await page.getByText("Add a note").click();
  const form = page.getByRole("form", { name: "A note on the time line" });
  const when = await form.getByLabel("When (UTC)").inputValue();
  const ago = (Date.now() - Date.parse(`${when}Z`)) / 60_000;
  expect(ago, "minutes ago").toBeGreaterThan(5);
  expect(ago, "minutes ago").toBeLessThan(10);
  const title = `Rolled back ${Date.now()}`;
  await form.getByLabel("What happened").fill(title);
  await form.getByLabel("Tags").fill("deploy, web");
  await form.getByRole("button", { name: "Add" }).click();
  const mark = page.locator(".mark", { hasText: title });
  await expect(mark).toContainText(`${title} (deploy, web), by `);
  await expect(form.getByLabel("What happened")).toHaveValue("");
  const { items } = await world.server.api("/annotations?from=now-1h");
  const kept = items.find((note) => note.title === title);
  expect(kept.tags).toEqual(["deploy", "web"]);
  expect(kept.by).toBeTruthy();
  expect(kept.at.startsWith(when), `${kept.at} is ${when}`).toBe(true);
  await form.getByLabel("What happened").fill("Too early");
  await form.getByLabel("When (UTC)").fill("2099-01-01T00:00:00");
  // The refusal is an answer with an error status, of which the browser's console tells.
  await form.getByRole("button", { name: "Add" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "The time lies ahead" })).toBeVisible();
  await expect(form.getByLabel("What happened")).toHaveValue("Too early");
  expect(complaints.filter((text) => !/\b400\b/.test(text))).toEqual([]);
});

test("the tasks of the time shown are a link away", async ({ page }) => {
  await page.goto("/trends?metric=worker.cpu_usage&from=2026-11-24T14:00:00&to=2026-11-24T15:00:00");
  await live(page);
  await page.getByRole("link", { name: "Tasks of this time" }).click();
  await expect(page).toHaveURL(/\/tasks\?q=/);
  expect(new URL(page.url()).searchParams.get("q")).toBe("from:2026-11-24T14:00:00Z to:2026-11-24T15:00:00Z");
  await expect(page.locator(".pill").first()).toContainText("from:");
});

test("from a live chart a drag with Shift held asks what changed", async ({ page }) => {
  await page.goto("/?range=15min");
  await live(page);
  const plot = page.locator(".strip.chart .area").first();
  await plot.scrollIntoViewIfNeeded();
  const area = await plot.boundingBox();
  const at = (share) => [area.x + area.width * share, area.y + area.height / 2];
  await page.keyboard.down("Shift");
  await page.mouse.move(...at(0.9));
  await page.mouse.down();
  await page.mouse.move(...at(0.94), { steps: 4 });
  await page.mouse.move(...at(0.98), { steps: 4 });
  await page.mouse.up();
  await page.keyboard.up("Shift");
  await expect(page).toHaveURL(/\/trends\?metric=system\.throughput&.*changed=/);
  await expect(page.getByRole("region", { name: "What changed" }).first()).toContainText(/\d+ metrics compared/);
});

test("charts come and go, eight at most", async ({ page }) => {
  await page.goto("/trends?metric=worker.cpu_usage&range=15min");
  await live(page);
  await page.getByLabel("Metric of another chart").selectOption("queue.pending");
  await page.getByRole("button", { name: "Add a chart" }).click();
  await expect(chart(page, "queue.pending")).toBeVisible();
  await page.getByRole("link", { name: "Remove worker.cpu_usage" }).click();
  await expect(chart(page, "worker.cpu_usage")).toBeHidden();
  await expect(page.getByRole("link", { name: /^Remove / })).toHaveCount(0);
  const eight = [...Array(9).keys()].map((n) => `metric${n ? n + 1 : ""}=system.pending`).join("&");
  await page.goto(`/trends?${eight}`);
  await expect(chart(page, "system.pending")).toHaveCount(8);
  await expect(page.getByText("No more than 8 charts")).toBeVisible();
});

test("what cannot be shown says why", async ({ page }) => {
  await page.goto("/trends?metric=no.such.metric&agg=fastest&from=yesterday");
  await expect(page.getByRole("main")).toContainText('There is no metric "no.such.metric"');
  await expect(page.getByRole("main")).toContainText('"yesterday" is no moment');
  await expect(page.getByRole("main")).toContainText('"fastest" is not known');
  await page.goto("/trends?metric=worker.cpu_usage&from=2020-01-01&to=2020-01-02");
  await expect(page.getByRole("main")).toContainText("No readings");
});

test("with the keyboard alone a metric is chosen and read", async ({ page }) => {
  await page.goto("/trends?metric=worker.cpu_usage&range=15min");
  await live(page);
  const metric = chart(page, "worker.cpu_usage").getByLabel("Metric");
  await metric.focus();
  await page.keyboard.type("worker.memory_usage");
  await chart(page, "worker.cpu_usage").getByRole("button", { name: "Show" }).focus();
  await page.keyboard.press("Enter");
  const picture = chart(page, "worker.memory_usage").getByRole("group", { name: /arrow keys/ });
  await picture.focus();
  await page.keyboard.press("ArrowLeft");
  await expect(chart(page, "worker.memory_usage").getByRole("status")).toContainText(/\d/);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the numbers, the picture, the forms and what changed are there", async ({ page }) => {
    await page.goto(byWorker);
    const shown = chart(page, "worker.cpu_usage");
    await expect(shown.locator(".legend tbody tr").first()).toContainText("%");
    expect(await shown.locator(".still path.ln").count()).toBeGreaterThan(1);
    await shown.getByLabel("Metric").selectOption("worker.memory_usage");
    await shown.getByRole("button", { name: "Show" }).click();
    await expect(chart(page, "worker.memory_usage").locator(".legend tbody tr").first()).toContainText("%");
    await page.getByRole("link", { name: "What changed here?" }).click();
    await expect(page.getByRole("main")).toContainText(/\d+ metrics compared/);
  });

  test("a note is added, and a wrong one is explained", async ({ page }) => {
    await page.goto(byWorker);
    const form = page.getByRole("form", { name: "A note on the time line" });
    const add = async (title, when) => {
      await page.getByText("Add a note").click();
      await form.getByLabel("What happened").fill(title);
      await form.getByLabel("When (UTC)").fill(when);
      await form.getByRole("button", { name: "Add" }).click();
    };
    const title = `Without a script ${Date.now()}`;
    await add(title, "");
    await expect(page).toHaveURL(/\/trends\?metric=worker\.cpu_usage/);
    await expect(page.locator(".mark", { hasText: title })).toBeAttached();
    await add("Ahead", "2099-01-01T00:00:00");
    await expect(page.getByRole("alert").filter({ hasText: "The time lies ahead" })).toBeVisible();
  });
});

for (const colorScheme of ["dark", "light"]) {
  for (const width of [1440, 390]) {
    test.describe(`${colorScheme}, ${width} px wide`, () => {
      test.use({ colorScheme, viewport: { width, height: 900 } });

      test("twelve lines are accessible and fit", async ({ page, complaints }) => {
        await page.goto("/trends?metric=gpu.utilization&by=worker,gpu&metric2=worker.cpu_usage&by2=worker&range=15min&compare=day");
        await live(page);
        await page.locator("details.data summary").first().click();
        await expectAccessible(page);
        await expectToFit(page);
        expect(complaints).toEqual([]);
      });
    });
  }
}
