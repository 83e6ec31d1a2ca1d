// Makes few files of the many that several parts of the code share.
//
// wasm-split-cli gives the code of each set of parts a file of its own: over a hundred, some of a few bytes, of which a page
// needs up to sixty-six, and asks for all of them at once. Asking alone kept the main thread busy for 25 to 130 ms. Here they
// become a few (`shared_N.wasm`), those together that are mostly needed together; a page loads somewhat more than it needs.

import binaryen from "binaryen";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FEATURES, nameless } from "./optimise.mjs";
import { run } from "./run.mjs";

/** Files that come of it. */
const FILES = 8;
/** The parts that the overview shows: what they load and do not need weighs so much more, since it delays most visits. */
const FIRST = new Set(["fleet"]);
const FIRST_WEIGHS = 10;
/** A chunk's place in the loader: the parts that need it, its name there, and its file's number. */
const CHUNK = /\/\* ([\w, ]+) \*\/\nconst (__chunk_(\d+)) = makeLoad\(.*?\n\}\n, \[\]\);\n/gs;
const IMPORTS = "sharedImports = { __wasm_split: {  } };";

/** The chunks in groups, each `{ parts, bytes, chunks }`. Two at a time become one: those by which the parts load least that they do not need. */
function groupsOf(chunks) {
  const groups = chunks.map(({ parts, bytes, ...chunk }) => ({ parts: new Set(parts), bytes, chunks: [chunk] }));
  const weight = (part) => (FIRST.has(part) ? FIRST_WEIGHS : 1);
  const inVain = (group, other) => [...other.parts].filter((part) => !group.parts.has(part)).reduce((sum, part) => sum + weight(part) * group.bytes, 0);
  while (groups.length > FILES) {
    let best = { cost: Infinity };
    groups.forEach((a, i) => {
      for (const b of groups.slice(i + 1)) {
        const cost = inVain(a, b) + inVain(b, a);
        if (cost < best.cost) best = { cost, a, b };
      }
    });
    const { a, b } = best;
    groups.splice(groups.indexOf(b), 1);
    groups[groups.indexOf(a)] = { parts: new Set([...a.parts, ...b.parts]), bytes: a.bytes + b.bytes, chunks: [...a.chunks, ...b.chunks] };
  }
  return groups;
}

/**
 * A module that hands on, under the name by which the chunks import them, the memory, the table and the global of the main
 * module: without it each chunk of a merged module would import them once more, as another memory.
 */
function handingOn(folder, chunks) {
  for (const { number } of chunks) {
    const module = binaryen.readBinary(nameless(readFileSync(join(folder, `chunk_${number}.wasm`))));
    const imports = [...module.emitText().matchAll(/\(import "__wasm_split" "(\w+)" \((memory|table|global) \S+ (.*)\)\)$/gm)];
    module.dispose();
    if (imports.length < 3) continue;
    const lines = imports.map(([, name, kind, type]) => `(import "shared" "${name}" (${kind} $${name} ${type})) (export "${name}" (${kind} $${name}))`);
    const made = binaryen.parseText(`(module ${lines.join("\n")})`);
    return Buffer.from(made.emitBinary());
  }
  throw new Error("no chunk of the dashboard's WASM imports a memory, a table and a global: see merge.mjs");
}

function merge(folder, passing, chunks, file) {
  const inputs = chunks.flatMap(({ number }) => {
    const path = join(folder, `chunk_${number}.wasm`);
    writeFileSync(path, nameless(readFileSync(path)));
    return [path, `chunk_${number}`];
  });
  const tool = fileURLToPath(new URL("./node_modules/.bin/wasm-merge", import.meta.url));
  const args = [passing, "__wasm_split", ...inputs, "-o", join(folder, file), ...Object.values(FEATURES).map((feature) => `--enable-${feature}`)];
  run(tool, args);
  for (const { number } of chunks) rmSync(join(folder, `chunk_${number}.wasm`));
}

/** Merges the chunks in a folder, and has the loader there load what comes of them. */
export function mergeShared(folder, loader) {
  let text = readFileSync(loader, "utf8");
  const chunks = [...text.matchAll(CHUNK)].map(([block, parts, name, number]) => {
    const bytes = readFileSync(join(folder, `chunk_${number}.wasm`)).length;
    return { block, parts: parts.split(", "), name, number, bytes };
  });
  if (chunks.length <= FILES || !text.includes(IMPORTS)) throw new Error("wasm-split-cli writes its loader in another way than before: see merge.mjs");
  const passing = join(folder, "passing.wasm");
  writeFileSync(passing, handingOn(folder, chunks));
  text = text.replace(IMPORTS, "const given = {}; sharedImports = { __wasm_split: given, shared: given };");
  const fileOf = new Map();
  groupsOf(chunks).forEach(({ chunks }, index) => {
    merge(folder, passing, chunks, `shared_${index}.wasm`);
    const [first, ...others] = chunks;
    const loads = first.block.replaceAll(first.name, `__shared_${index}`).replace(`chunk_${first.number}.wasm`, `shared_${index}.wasm`);
    text = text.replace(first.block, () => loads);
    for (const { block } of others) text = text.replace(block, "");
    for (const { name } of chunks) fileOf.set(name, `__shared_${index}`);
  });
  rmSync(passing);
  text = text.replace(/\[(__chunk_\d+(?:, __chunk_\d+)*)\]/g, (_, names) => `[${[...new Set(names.split(", ").map((name) => fileOf.get(name)))].join(", ")}]`);
  writeFileSync(loader, text);
}
