// The browser that is installed, quiet: it asks nobody on the network for anything.

import { spawnSync } from "node:child_process";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

function find() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  for (const name of names) {
    const { status, stdout } = spawnSync("which", [name], { encoding: "utf8" });
    if (status === 0) return stdout.trim();
  }
  throw new Error(`no browser found (${names.join(", ")}): run scripts/setup.sh test, or set CHROMIUM`);
}

export const launchOptions = {
  executablePath: find(),
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
  ],
};
