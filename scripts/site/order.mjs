// Names the functions of a WASM module so that sorting them by name (`wasm-opt --reorder-functions-by-name`) puts those
// that are alike side by side: compression then finds their common parts nearby, where they cost fewer bits to point at.
// The overview's code comes out 3 % smaller.

import { CODE, CUSTOM, encoded, encodedName, FUNCTION_NAMES, IMPORT, importedFunctions, sections, sized } from "./module.mjs";

/** Two functions are alike by how many runs of so many bytes they share. */
const RUN = 6;
/** What stands in more functions than this tells none of them apart. */
const COMMON = 60;

/** The different runs of a function's bytes, as hashes of 32 bits. */
function runsOf(bytes) {
  const runs = new Set();
  for (let at = 0; at + RUN <= bytes.length; at++) {
    let hash = 0;
    for (let i = at; i < at + RUN; i++) hash = Math.imul(hash, 0x01000193) ^ bytes[i];
    runs.add(Math.imul(hash ^ (hash >>> 15), 0x9e3779b1));
  }
  return runs;
}

/** Which functions have a run, for every run that more than one but not very many have. */
function ownersOf(functions) {
  const owners = new Map();
  functions.forEach((runs, index) => {
    for (const run of runs) {
      const list = owners.get(run);
      if (list) list.push(index);
      else owners.set(run, [index]);
    }
  });
  for (const [run, { length }] of owners) if (length < 2 || length > COMMON) owners.delete(run);
  return owners;
}

/** The functions as a chain: after each comes that which is most like it of those left, or else the first of those left. */
function chain(functions) {
  const owners = ownersOf(functions);
  const left = new Set(functions.keys());
  const order = [];
  while (left.size > 0) {
    const { value: first } = left.values().next();
    for (let at = first; at !== undefined; at = mostLike(at)) {
      left.delete(at);
      order.push(at);
    }
  }
  return order;

  function mostLike(at) {
    const shared = new Map();
    for (const run of functions[at]) {
      for (const other of owners.get(run) ?? []) if (left.has(other)) shared.set(other, (shared.get(other) ?? 0) + 1);
    }
    let best, most = 0;
    for (const [other, count] of shared) {
      const likeness = count / (functions[at].size + functions[other].size - count);
      if (likeness > most || (likeness === most && other < best)) [best, most] = [other, likeness];
    }
    return best;
  }
}

/** The module, which has no names, with one for every function that it has. */
export function named(wasm) {
  const all = sections(wasm);
  const code = all.find(({ id }) => id === CODE)?.content;
  const imports = all.find(({ id }) => id === IMPORT)?.content;
  if (!code) return wasm;
  const imported = imports ? importedFunctions(imports) : 0;
  const functions = Array.from({ length: code.number() }, () => {
    const { at, end } = code.skip(code.number());
    return runsOf(wasm.subarray(at, end));
  });
  const ranks = [];
  chain(functions).forEach((index, rank) => (ranks[index] = `f${String(rank).padStart(6, "0")}`));
  const names = [...Array.from({ length: imported }, (_, index) => `a${index}`), ...ranks];
  const entries = names.flatMap((name, index) => [encoded(index), encodedName(name)]);
  const part = sized(Buffer.concat([encoded(names.length), ...entries]));
  const section = Buffer.concat([encodedName("name"), Buffer.from([FUNCTION_NAMES]), part]);
  return Buffer.concat([wasm, Buffer.from([CUSTOM]), sized(section)]);
}
