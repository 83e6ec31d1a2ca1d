#!/usr/bin/env node
// Builds the dashboard's files: WASM and its script, the style sheet, what lies in public/.
//
//   node scripts/site.mjs [release|debug]
//
// Release goes to target/site and is made small; debug goes to target/site-debug and is made quickly.
// Everything under pkg/ has the hash of its content in its path, so it can be cached for ever; manifest.json
// says which paths are current. Nothing is done again while the inputs stay the same.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildWasm, bindWasm } from "./site/wasm.mjs";
import { bundleStyle } from "./site/style.mjs";
import { compressAll } from "./site/compress.mjs";
import { filesUnder, hashOf, removeOthers, root, target, writeFiles } from "./site/files.mjs";
import { report } from "./site/report.mjs";
import { newAlert } from "./site/sound.mjs";

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

/** The site's own files by their path in it. The code refers to its parts by name: they lie together in a folder that has the hash. */
async function assemble(wasm) {
  const code = await bindWasm(wasm, profile);
  const pages = bundleStyle(join(root, "style/pages.css"));
  const folder = `pkg/${hashOf(pages, ...code.flatMap(({ name, content }) => [name, content])).slice(0, 16)}`;
  const files = new Map(code.map(({ name, content }) => [`${folder}/${name}`, content]));
  // The style of the other pages comes with their code, and so lies with it. A debug build has no parts: all in one.
  files.set(`${folder}/pages.css`, Buffer.from(pages));
  const style = Buffer.from(bundleStyle(join(root, "style/main.css")) + (release ? "" : pages));
  const stylePath = `pkg/forewatch-${hashOf(style).slice(0, 16)}.css`;
  files.set(stylePath, style);
  const manifest = { style: `/${stylePath}`, pages: `/${folder}/pages.css`, script: `/${folder}/forewatch.js`, wasm: `/${folder}/forewatch_bg.wasm` };
  for (const path of filesUnder(join(root, "public"))) {
    files.set(path.slice(join(root, "public").length + 1), readFileSync(path));
  }
  files.set("new-alert.wav", newAlert());
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
