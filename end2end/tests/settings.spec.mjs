// Settings: rules, silences and channels; and a person's path from a message to an alert that is handled everywhere.

import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Forewatch } from "../harness/forewatch.mjs";
import { temporaryFolder } from "../harness/process.mjs";
import { eventually, expect, expectAccessible, expectToFit, live, test } from "../harness/world.mjs";

/** A receiver that keeps what it is told. */
async function receive(use) {
  const got = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      got.push(body);
      response.end("ok");
    });
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  try {
    await use({ got, url: `http://127.0.0.1:${server.address().port}/hook` });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("every rule is there with how close it is, and where people could be told", async ({ page, complaints }) => {
  await page.goto("/settings");
  await live(page);
  const rules = page.getByRole("region", { name: "Rule table" });
  await expect(rules.getByRole("row", { name: /^worker-offline/ })).toContainText("no sign of life for 5 min");
  await expect(rules.getByRole("row", { name: /^cpu-high/ })).toContainText("> 90 % for 2 min");
  await expect(page.getByRole("main")).toContainText("Nobody is told yet");
  await expect(page.getByRole("region", { name: "Source table" })).toContainText("answers");
  await expect(page.getByRole("region", { name: "What is kept" })).toContainText("Readings by the minute");
  expect(complaints).toEqual([]);
});

test("who gets in is told, without any secret, and every table is there as a file", async ({ page, world, complaints }) => {
  await page.goto("/settings");
  await live(page);
  const access = page.getByRole("region", { name: "Access" });
  await expect(access).toContainText("local operator");
  await expect(access).toContainText('auth.mode = "none"');
  await expect(access).toContainText("FOREWATCH_INGEST_TOKEN");
  await expect(access.getByRole("link", { name: "The description of the API" })).toHaveAttribute("href", "/api/docs");
  const files = page.getByRole("link", { name: / as CSV$/ });
  const addresses = await files.evaluateAll((all) => all.map((one) => one.getAttribute("href")));
  expect(addresses).toEqual(expect.arrayContaining(["/rules.csv", "/sources.csv", "/retention.csv"]));
  for (const address of addresses) {
    const answer = await fetch(world.server.url + address);
    expect(answer.headers.get("content-type"), address).toContain("text/csv");
  }
  await expectAccessible(page);
  expect(complaints).toEqual([]);
});

test("alerts like one are silenced from its page, and heard again when the silence is ended", async ({ page, world, complaints }) => {
  const alert = await world.server.raiseAlert("Too loud", { component_id: "loud-one" });
  const state = async () => (await world.server.api(`/alerts/${alert.alert_id}`)).suppressed_by ?? null;
  await page.goto(`/alerts/${alert.alert_id}`);
  await live(page);
  await page.getByRole("link", { name: "Silence alerts like this" }).click();
  const form = page.getByRole("form", { name: "Silence alerts" });
  await expect(form.getByLabel("Rule")).toHaveValue("manual");
  await expect(form.getByLabel("About")).toHaveValue("loud-one");
  await form.getByLabel("For how long").selectOption("for 4 h");
  await form.getByLabel("Why").fill("The fans are being changed");
  await form.getByRole("button", { name: "Silence" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "The fans are being changed" })).toContainText("component_id = loud-one");
  await expect.poll(state).not.toBeNull();
  await expectAccessible(page);
  await page.getByRole("button", { name: "End the silence: The fans are being changed" }).click();
  await expect(page.getByRole("button", { name: /^End the silence: The fans/ })).toHaveCount(0);
  await expect.poll(state).toBeNull();
  await world.server.api(`/alerts/${alert.alert_id}/resolve`, {});
  expect(complaints).toEqual([]);
});

test("from the message in a channel a person acknowledges an alert for everybody", async ({ page, browser, complaints }) => {
  await receive(async ({ got, url }) => {
    const config = join(temporaryFolder(), "forewatch.toml");
    writeFileSync(
      config,
      `[[notify]]\nname = "oncall"\ntype = "slack"\nurl = "env:HOOK"\nallow_private = true\ngroup_wait = "1ms"\n`,
    );
    const server = await Forewatch.start({ args: ["--config", config], env: { HOOK: url } });
    try {
      await page.goto(`${server.url}/settings`);
      await live(page);
      await page.getByRole("button", { name: "Send a test by oncall" }).click();
      await expect(page.getByRole("region", { name: "Who was told" })).toContainText("sent");
      expect(got).toHaveLength(1);
      await expectAccessible(page);
      await expectToFit(page);

      const alert = await server.raiseAlert("A path for a person");
      const message = await eventually("the channel is told", () => got.find((body) => body.includes(alert.title)));
      const [link] = message.match(/http:\/\/[^|>"]*\/handle\/[^|>"]*/);
      await page.goto(`${server.url}/alerts/${alert.alert_id}`);
      await live(page);
      await expect(page.getByRole("region", { name: "Who was told" })).toContainText(alert.title);
      const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
      const phone = await context.newPage();
      await phone.goto(link);
      expect((await server.api(`/alerts/${alert.alert_id}`)).acknowledged, "looking changes nothing").toBe(false);
      await expectAccessible(phone);
      await phone.getByRole("button", { name: "Acknowledge" }).click();
      await expect(phone.getByRole("status")).toBeVisible();
      await expect(page.getByRole("main")).toContainText("oncall");
      await expect(page.getByRole("button", { name: `Give back: ${alert.title}` })).toBeVisible();
      await context.close();
      expect(complaints).toEqual([]);
    } finally {
      await server.stop();
    }
  });
});
