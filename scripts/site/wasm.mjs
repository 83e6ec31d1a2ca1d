// From Rust to what the browser loads: cargo, wasm-bindgen, wasm-opt.

import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { filesUnder, root, target } from "./files.mjs";

const triple = "wasm32-unknown-unknown";

function run(command, args, env = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2], env: { ...process.env, ...env } });
  if (error?.code === "ENOENT") throw new Error(`${command} is missing: run scripts/setup.sh`);
  if (status !== 0) process.exit(status ?? 1);
}

/** Compiles the dashboard for the browser and says where the WASM lies. */
export function buildWasm(profile) {
  const args = ["build", "--package", "frontend", "--lib", "--target", triple];
  if (profile === "release") {
    run("cargo", [...args, "--profile", "wasm"]);
    return join(target, triple, "wasm", "frontend.wasm");
  }
  run("cargo", args);
  return join(target, triple, "debug", "frontend.wasm");
}

/** Makes the script that loads the WASM; `snippets` are scripts that crates brought along. */
export function bindWasm(wasm, folder) {
  rmSync(folder, { recursive: true, force: true });
  run("wasm-bindgen", ["--target", "web", "--no-typescript", "--out-name", "forewatch", "--out-dir", folder, wasm]);
  const snippetFolder = join(folder, "snippets");
  return {
    script: join(folder, "forewatch.js"),
    wasm: join(folder, "forewatch_bg.wasm"),
    snippets: filesUnder(snippetFolder).map((path) => ({ path, name: relative(snippetFolder, path) })),
  };
}

/** The same WASM, smaller: what every current browser supports may be used. */
export function optimiseWasm(wasm) {
  const tool = join(dirname(fileURLToPath(import.meta.url)), "node_modules/binaryen/bin/wasm-opt");
  const features = [
    "bulk-memory", "nontrapping-float-to-int", "sign-ext", "reference-types", "multivalue", "mutable-globals",
  ].map((feature) => `--enable-${feature}`);
  const smaller = `${wasm}.opt`;
  run(process.execPath, [tool, "-Oz", ...features, wasm, "-o", smaller]);
  return readFileSync(smaller);
}
