#!/usr/bin/env node
// Builds the dashboard's files: WASM and its script, the style sheet, what lies in public/.
//
//   node scripts/site.mjs [release|debug]
//
// Release goes to target/site and is made small; debug goes to target/site-debug and is made quickly.
// Everything under pkg/ has the hash of its content in its name, so it can be cached for ever; manifest.json
// says which names are current. Nothing is done again while the inputs stay the same.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildWasm, bindWasm, optimiseWasm } from "./site/wasm.mjs";
import { bundleStyle } from "./site/style.mjs";
import { compressAll } from "./site/compress.mjs";
import { filesUnder, hashOf, removeOthers, root, target, writeFiles } from "./site/files.mjs";
import { report } from "./site/report.mjs";

const profile = process.argv[2] ?? "release";
if (!["release", "debug"].includes(profile)) {
  console.error("usage: node scripts/site.mjs [release|debug]");
  process.exit(2);
}
const release = profile === "release";
const site = join(target, release ? "site" : "site-debug");
const inputsFile = join(target, `${release ? "site" : "site-debug"}.inputs`);

/** One hash over everything that decides what the site looks like. */
function inputsKey(wasm) {
  const sources = ["style", "public", "scripts/site"].flatMap((folder) => filesUnder(join(root, folder)));
  const texts = [...sources, join(root, "scripts/site.mjs"), join(root, "Cargo.lock")].sort();
  return hashOf(profile, readFileSync(wasm), ...texts.flatMap((path) => [path.slice(root.length), readFileSync(path)]));
}

function isCurrent(key) {
  return existsSync(join(site, "manifest.json")) && existsSync(inputsFile) && readFileSync(inputsFile, "utf8") === key;
}

/** The site's own files by their path in it. */
async function assemble(wasm) {
  const bound = bindWasm(wasm, join(target, "site-work", profile));
  const code = release ? optimiseWasm(bound.wasm) : readFileSync(bound.wasm);
  const files = new Map();
  const add = (name, extension, content) => {
    const path = `pkg/${name}-${hashOf(content).slice(0, 16)}.${extension}`;
    files.set(path, Buffer.from(content));
    return `/${path}`;
  };
  const wasmPath = add("forewatch", "wasm", code);
  // The script names the WASM and its snippets; it gets their hashed names before it is hashed itself.
  let script = readFileSync(bound.script, "utf8").replaceAll("forewatch_bg.wasm", wasmPath.split("/").pop());
  for (const snippet of bound.snippets) {
    const path = add("snippet", "js", readFileSync(snippet.path));
    script = script.replaceAll(`./snippets/${snippet.name}`, `./${path.split("/").pop()}`);
  }
  const manifest = {
    style: add("forewatch", "css", bundleStyle(join(root, "style/main.css"))),
    script: add("forewatch", "js", script),
    wasm: wasmPath,
  };
  for (const path of filesUnder(join(root, "public"))) {
    files.set(path.slice(join(root, "public").length + 1), readFileSync(path));
  }
  await compressAll(files, release);
  return { files, manifest };
}

const wasm = buildWasm(profile);
const key = inputsKey(wasm);
if (isCurrent(key)) {
  console.error("site: nothing has changed");
} else {
  const { files, manifest } = await assemble(wasm);
  writeFiles(site, files);
  writeFileSync(join(site, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  removeOthers(site, new Set([...files.keys(), "manifest.json"]));
  writeFileSync(inputsFile, key);
  report(site, files, manifest);
}
