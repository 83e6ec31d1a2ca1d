// Where things lie, and reading, hashing and writing them.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
/** Cargo's target directory, which holds the built site too. */
export const target = resolve(root, process.env.CARGO_TARGET_DIR || "target");

/** Every file under a folder, however deep, in order; packages that npm installed are not ours. */
export function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.name !== "node_modules")
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesUnder(path) : [path];
    })
    .sort();
}

/** SHA-256 over several texts or buffers, each with its length so that they cannot run into each other. */
export function hashOf(...parts) {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest("hex");
}

/** Writes each file whole before it gets its name: a server that reads meanwhile never sees half of one. */
export function writeFiles(folder, files) {
  for (const [name, content] of files) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.part`, content);
    renameSync(`${path}.part`, path);
  }
}

/** Removes what an earlier build left. */
export function removeOthers(folder, keep) {
  for (const path of filesUnder(folder)) {
    if (!keep.has(relative(folder, path).split(sep).join("/"))) rmSync(path);
  }
}
