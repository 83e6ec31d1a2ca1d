// The wall: the screen across the room.

import { deed, expect, expectAccessible, expectToFit, test } from "../harness/world.mjs";

const wall = (page) => page.locator(".wall");
const heading = (page) => page.getByRole("heading", { level: 1 });
const live = (page) => expect(page.locator(".wall .conn.live")).toBeVisible();
const state = (page) => page.locator(".wall-next");

/** Opens it with what its address asks for. */
async function open(page, asked = "") {
  await page.goto(`/?wall${asked}`);
  await live(page);
}

for (const [width, colorScheme] of [[1440, "dark"], [1440, "light"], [390, "dark"], [390, "light"]]) {
  test.describe(`${colorScheme}, ${width} px wide`, () => {
    test.use({ colorScheme, viewport: { width, height: 900 } });

    for (const slide of ["overview", "charts", "workers", "queues", "alerts"]) {
      test(`${slide} loads quietly, is accessible and fits`, async ({ page, complaints }) => {
        await open(page, `=${slide}`);
        await expect(heading(page)).toHaveCount(1);
        await expectAccessible(page);
        await expectToFit(page);
        for (const role of ["navigation", "banner"]) await expect(page.getByRole(role)).toHaveCount(0);
        expect(complaints).toEqual([]);
      });
    }
  });
}

test("one follows the other, and the address says which and for how long", async ({ page, complaints }) => {
  await open(page, "=queues,workers&every=5s");
  await expect(heading(page)).toHaveText("Queues");
  await expect(state(page)).toHaveText(/Next in [1-5] s/);
  await expect(heading(page)).toHaveText("Workers");
  await expect(heading(page)).toHaveText("Queues");
  expect(complaints).toEqual([]);
});

test("each is there again after a round", async ({ page, complaints }) => {
  await open(page, "&every=1h");
  const slides = page.locator(".wall-foot .seg button");
  for (const name of [...(await slides.allTextContents()), "Charts", "Overview", "Charts"]) {
    const slide = slides.filter({ hasText: name });
    await slide.click();
    await expect(slide).toHaveAttribute("aria-current", "true");
    if (name === "Charts") await expect(page.locator(".strip").first()).toBeVisible();
  }
  expect(complaints).toEqual([]);
});

test("the keys turn and pause it, and Esc leads back to the overview", async ({ page, complaints }) => {
  await open(page, "=queues,workers,alerts&every=1h");
  await page.keyboard.press("ArrowRight");
  await expect(heading(page)).toHaveText("Workers");
  await expect(state(page)).toHaveText("Waits for you");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await expect(heading(page)).toHaveText("Alerts");
  await page.keyboard.press("p");
  await expect(state(page)).toHaveText("Paused");
  await expect(page.getByRole("button", { name: "Go on" })).toBeVisible();
  await page.getByRole("button", { name: "Queues" }).click();
  await expect(heading(page)).toHaveText("Queues");
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/\/$/);
  await expect(page.getByRole("navigation", { name: "Main", exact: true })).toBeVisible();
  expect(complaints).toEqual([]);
});

test("it waits while the focus is on a control", async ({ page }) => {
  await open(page, "=queues,workers&every=5s");
  await page.clock.install();
  await page.reload();
  await live(page);
  await page.getByRole("link", { name: "Leave" }).focus();
  await page.keyboard.press("Shift+Tab");
  await page.clock.fastForward("05:00");
  await expect(heading(page)).toHaveText("Queues");
});

test("a new alert is shown at once and stays until somebody has it", async ({ page, world, complaints }) => {
  await open(page, "=queues,workers&every=5s");
  await expect(heading(page)).toHaveText("Queues");
  const alert = await world.server.raiseAlert("The wall must tell of this", { severity: "critical" });
  await expect(heading(page)).toHaveText(alert.title);
  await expect(state(page)).toHaveText("Until somebody has it");
  await expectAccessible(page);
  await expectToFit(page);
  await deed(page, "Acknowledge", alert).click();
  await expect(heading(page)).toHaveText(/Queues|Workers/);
  await expect.poll(async () => (await world.server.api(`/alerts/${alert.alert_id}`)).acknowledged).toBe(true);
  await world.server.api(`/alerts/${alert.alert_id}/resolve`, {});
  expect(complaints).toEqual([]);
});

test("a new alert takes the place of the charts on which it is marked, and they come back", async ({ page, world, complaints }) => {
  await open(page, "=charts");
  const strips = page.locator(".wall .strips.on");
  for (const n of [1, 2, 3]) {
    await expect(strips).toBeVisible();
    const alert = await world.server.raiseAlert(`Marked on the charts, number ${n}`, { severity: "critical" });
    await expect(heading(page)).toHaveText(alert.title);
    await world.server.api(`/alerts/${alert.alert_id}/resolve`, {});
  }
  await expect(strips.locator(".mark").filter({ hasText: "Marked on the charts, number 1" })).toBeAttached();
  expect(complaints).toEqual([]);
});

test("a new alert that nobody takes gives the screen back after a while", async ({ page, world }) => {
  await page.clock.install();
  await open(page, "=queues&every=1h");
  const alert = await world.server.raiseAlert("Nobody takes this", { severity: "error" });
  await expect(heading(page)).toHaveText(alert.title);
  await page.clock.runFor("01:50");
  await expect(heading(page)).toHaveText(alert.title);
  await page.clock.runFor("00:15");
  await expect(heading(page)).toHaveText("Queues");
  await world.server.api(`/alerts/${alert.alert_id}/resolve`, {});
});

test("the screen is kept on, also after the page was hidden", async ({ page, complaints }) => {
  await page.addInitScript(() => {
    window.asked = [];
    const wakeLock = { request: async (what) => (window.asked.push(what), { release: async () => {} }) };
    Object.defineProperty(navigator, "wakeLock", { value: wakeLock });
  });
  await open(page);
  const asked = () => page.evaluate(() => window.asked);
  await expect.poll(asked).toEqual(["screen"]);
  await page.evaluate(() => window.dispatchEvent(new Event("visibilitychange")));
  await expect.poll(asked).toEqual(["screen", "screen"]);
  expect(complaints).toEqual([]);
});

test("a screen that may not be kept on is no error", async ({ page, complaints }) => {
  await page.addInitScript(() => {
    const wakeLock = { request: () => ((window.asked = true), Promise.reject(new DOMException("a low battery", "NotAllowedError"))) };
    Object.defineProperty(navigator, "wakeLock", { value: wakeLock });
  });
  await open(page);
  await expect.poll(() => page.evaluate(() => window.asked)).toBe(true);
  await expect(heading(page)).toBeVisible();
  expect(complaints).toEqual([]);
});

test("nothing moves for who wants nothing to move", async ({ page }) => {
  const animated = () => wall(page).locator(".wall-slide > *").first().evaluate((e) => getComputedStyle(e).animationName);
  await open(page);
  expect(await animated()).toBe("wall-in");
  await page.emulateMedia({ reducedMotion: "reduce" });
  expect(await animated()).toBe("none");
});

test("the palette leads to it", async ({ page, complaints }) => {
  await page.goto("/queues");
  await expect(page.locator(".conn.live")).toBeVisible();
  await page.keyboard.press("Control+k");
  const dialog = page.getByRole("dialog", { name: "Find or do" });
  await expect(dialog.getByRole("combobox")).toBeFocused();
  await page.keyboard.type("wall");
  await expect(dialog.getByRole("option", { selected: true })).toContainText("Wall");
  await page.keyboard.press("Enter");
  await live(page);
  await expect(heading(page)).toBeVisible();
  expect(complaints).toEqual([]);
});

test("what the address asks for in vain is told", async ({ page }) => {
  await open(page, "=queues,nonsense&every=1s");
  await expect(wall(page)).toContainText('There is no "nonsense" to show. "every" takes 5s to 1h.');
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("it is readable, and leads back", async ({ page }) => {
    await page.goto("/?wall");
    await expect(heading(page)).toBeVisible();
    await expect(wall(page)).toContainText("Workers online");
    await expect(page.getByRole("navigation")).toHaveCount(0);
    await page.getByRole("link", { name: "Leave" }).click();
    await expect(page.getByRole("navigation", { name: "Main", exact: true })).toBeVisible();
  });
});
