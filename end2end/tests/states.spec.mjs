// What a page shows when there is nothing, or no such thing, or nobody is signed in, is as accessible as the rest of it.

import { Forewatch } from "../harness/forewatch.mjs";
import { deed, expect, expectAccessible, expectToFit, live, test as base } from "../harness/world.mjs";

const lists = ["/", "/workers", "/tasks", "/tasks?by=error", "/queues", "/alerts", "/trends", "/reports", "/settings"];
const nowhere = ["/nowhere", "/workers/nobody", "/tasks/none", "/queues/none", "/alerts/none"];
const shared = {
  FOREWATCH_AUTH_MODE: "shared",
  FOREWATCH_INGEST_TOKEN: "ingest-token-of-the-tests-0123456789",
  FOREWATCH_PASSWORD: "a password that only the tests know",
};

/** A server for the tests of a file. */
const serve = (options) => [
  async ({}, use) => {
    const server = await Forewatch.start(options);
    await use(server);
    await server.stop();
  },
  { scope: "worker" },
];

const test = base.extend({
  /** A server that watches nothing. */
  idle: serve(),
  // Another loopback address, as another host would use it.
  locked: serve({ listen: "127.0.0.2:0", env: shared }),
});

async function expectWell(page) {
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expectAccessible(page);
  await expectToFit(page);
}

for (const [colorScheme, width] of [["dark", 1440], ["light", 390]]) {
  test.describe(`${colorScheme}, ${width} px wide`, () => {
    test.use({ colorScheme, viewport: { width, height: 900 } });

    for (const address of lists) {
      test(`${address} with nothing to show`, async ({ page, idle }) => {
        await page.goto(idle.url + address);
        await live(page);
        await expectWell(page);
      });
    }

    test("what is not there", async ({ page, world }) => {
      expect(world.server.url).toBeTruthy();
      for (const address of nowhere) {
        await page.goto(address);
        await live(page);
        await expect(page.getByRole("main").getByRole("link").first()).toBeVisible();
        await expectWell(page);
      }
    });

    test("the page to sign in, also after a wrong password", async ({ page, locked }) => {
      await page.goto(locked.url);
      await expectWell(page);
      await page.getByLabel(/name/i).fill("Mara Lindqvist");
      await page.getByLabel(/password/i).fill("not the password");
      await page.getByRole("button", { name: /sign in/i }).click();
      await expect(page.getByRole("alert")).toBeVisible();
      await expectWell(page);
    });

    test("a bar with everything in it, for who is signed in", async ({ page, locked }) => {
      await page.goto(locked.url);
      await page.getByLabel(/name/i).fill("Mara Lindqvist");
      await page.getByLabel(/password/i).fill(shared.FOREWATCH_PASSWORD);
      await page.getByRole("button", { name: /sign in/i }).click();
      await live(page);
      await expectWell(page);
      await page.setViewportSize({ width: 320, height: 640 });
      await expectToFit(page);
    });

    test("a message that can be undone", async ({ page, world }) => {
      const alert = await world.server.raiseAlert("Taken, and told of");
      await page.goto(`/alerts/${alert.alert_id}`);
      await live(page);
      await deed(page, "Acknowledge", alert).click();
      await expect(page.getByRole("status").getByRole("button", { name: "Undo" })).toBeVisible();
      await expectWell(page);
      await world.server.api(`/alerts/${alert.alert_id}/resolve`, {});
    });

    test("the components in all their states", async ({ page, world }) => {
      expect(world.server.url).toBeTruthy();
      await page.goto("/design");
      for (const theme of ["light", "dark"]) await expectAccessible(page, `.in-${theme}[aria-label]`);
    });
  });
}
