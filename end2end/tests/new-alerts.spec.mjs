// What a browser does when an alert is new: nothing beyond the page until it is asked to.

import { expect, expectAccessible, expectToFit, live, test } from "../harness/world.mjs";

/** Stands in for the browser's sound and notifications, which nobody hears or sees here, and keeps what they got. */
async function listen(page, permission) {
  await page.addInitScript((permission) => {
    window.told = { sounds: [], notes: [] };
    HTMLMediaElement.prototype.play = function () {
      window.told.sounds.push(new URL(this.src).pathname);
      return Promise.resolve();
    };
    window.Notification = class {
      static permission = "default";
      static async requestPermission() {
        return (this.permission = permission);
      }
      constructor(title, { tag }) {
        window.told.notes.push({ title, tag });
        window.told.click = () => this.onclick();
      }
    };
    if (permission === "granted" && sessionStorage.asked) Notification.permission = permission;
    sessionStorage.asked = "yes";
  }, permission);
}

const told = (page) => page.evaluate(() => ({ sounds: window.told.sounds.length, notes: window.told.notes.map(({ title }) => title) }));
const toast = (page, alert) => page.getByRole("status").getByRole("link", { name: alert.title });

test("sound and notification are off, are chosen on the settings page, and the choice is kept", async ({ page, world, complaints }) => {
  const raise = (title, severity) => world.server.raiseAlert(title, { severity });
  const raised = [];
  await listen(page, "granted");
  await page.goto("/settings");
  await live(page);
  raised.push(await raise("Told by the page alone", "critical"));
  await expect(toast(page, raised[0])).toBeVisible();
  expect(await told(page)).toEqual({ sounds: 0, notes: [] });

  const here = page.getByRole("region", { name: "This browser" });
  await here.getByLabel("Sound").check();
  await expect.poll(() => told(page), "one hears how it sounds").toEqual({ sounds: 1, notes: [] });
  expect(await page.evaluate(() => window.told.sounds[0])).toBe("/new-alert.wav");
  await here.getByLabel("Desktop notification").check();
  await expectAccessible(page);
  await expectToFit(page);
  raised.push(await raise("Told by every means", "error"));
  await expect.poll(() => told(page)).toEqual({ sounds: 2, notes: ["Error: Told by every means"] });

  await page.goto("/queues");
  await live(page);
  raised.push(await raise("Nobody is woken by it", "warning"));
  raised.push(await raise("Told after the page was changed", "critical"));
  await expect.poll(() => told(page)).toEqual({ sounds: 1, notes: ["Critical: Told after the page was changed"] });
  await page.evaluate(() => window.told.click());
  await expect(page).toHaveURL(new RegExp(raised.at(-1).alert_id));

  await page.goto("/settings");
  await live(page);
  await expect(here.getByLabel("Sound")).toBeChecked();
  await here.getByLabel("Sound").uncheck();
  await here.getByLabel("Desktop notification").uncheck();
  raised.push(await raise("Told by the page alone again", "critical"));
  await expect(toast(page, raised.at(-1))).toBeVisible();
  expect(await told(page)).toEqual({ sounds: 0, notes: [] });
  for (const { alert_id } of raised) await world.server.api(`/alerts/${alert_id}/resolve`, {});
  expect(complaints).toEqual([]);
});

test("a browser that allows no notifications says so, and the choice is taken back", async ({ page }) => {
  await listen(page, "denied");
  await page.goto("/settings");
  await live(page);
  const here = page.getByRole("region", { name: "This browser" });
  await here.getByLabel("Desktop notification").click();
  await expect(here.getByRole("alert")).toContainText("does not allow notifications");
  await expect(here.getByLabel("Desktop notification")).not.toBeChecked();
});

test("the sound is a file that the browser can play", async ({ page }) => {
  await page.goto("/settings");
  const seconds = await page.evaluate(
    () =>
      new Promise((done, fail) => {
        const sound = new Audio("/new-alert.wav");
        sound.onloadedmetadata = () => done(sound.duration);
        sound.onerror = () => fail(new Error(sound.error.message));
      }),
  );
  expect(seconds).toBeGreaterThan(0.3);
});
