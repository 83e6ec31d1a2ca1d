// `auth.mode = shared`: without the token nothing enters, without the password nothing is seen, and a page of
// another origin changes nothing.

import { expect, test as base } from "@playwright/test";
import { Forewatch } from "../harness/forewatch.mjs";

const token = "ingest-token-of-the-tests-0123456789";
const password = "a password that only the tests know";
const registration = { worker_id: "stranger", name: "stranger", capability: "cpu", tags: [] };

const test = base.extend({
  server: [
    async ({}, use) => {
      const server = await Forewatch.start({
        // Another loopback address, as another host would use it.
        listen: "127.0.0.2:0",
        env: { FOREWATCH_AUTH_MODE: "shared", FOREWATCH_INGEST_TOKEN: token, FOREWATCH_PASSWORD: password },
      });
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],
});

function post(server, path, body, headers = {}) {
  return fetch(`${server.url}/api/v1${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

test("nothing enters without the token, and a wrong one is no better", async ({ server }) => {
  expect((await post(server, "/workers/register", { registration })).status).toBe(401);
  const wrong = { authorization: "Bearer wrong" };
  expect((await post(server, "/workers/register", { registration }, wrong)).status).toBe(401);
  const right = { authorization: `Bearer ${token}` };
  expect((await post(server, "/workers/register", { registration }, right)).status).toBe(200);
});

test("nothing is seen without the password", async ({ server, page }) => {
  expect((await fetch(`${server.url}/api/v1/workers`)).status).toBe(401);
  await page.goto(`${server.url}/workers`);
  await expect(page.getByLabel(/password/i)).toBeVisible();
  await expect(page.locator("body")).not.toContainText("stranger");
});

test("a person signs in with a name and the password, and acts under that name", async ({ server, page }) => {
  await page.goto(server.url);
  await page.getByLabel(/name/i).fill("Mara Lindqvist");
  await page.getByLabel(/password/i).fill(password);
  await page.getByRole("button", { name: /sign in/i }).click();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.goto(`${server.url}/settings`);
  const access = page.getByRole("region", { name: "Access" });
  await expect(access).toContainText("Mara Lindqvist");
  await expect(access).toContainText('auth.mode = "shared"');
  for (const secret of [token, password]) expect(await page.content()).not.toContain(secret);
  const answer = await page.request.post(`${server.url}/api/v1/alerts`, {
    headers: { origin: server.url },
    data: { title: "Raised by a person", severity: "info", component: "system", component_id: "fleet" },
  });
  expect(answer.ok(), await answer.text()).toBe(true);
  const { alert_id } = await answer.json();
  const acknowledged = await page.request.post(`${server.url}/api/v1/alerts/${alert_id}/acknowledge`, {
    headers: { origin: server.url },
    data: {},
  });
  expect((await acknowledged.json()).acknowledged_by).toBe("Mara Lindqvist");

  const foreign = await page.request.post(`${server.url}/api/v1/alerts/${alert_id}/resolve`, {
    headers: { origin: "http://elsewhere.example" },
    data: {},
  });
  expect(foreign.status()).toBe(403);
});
