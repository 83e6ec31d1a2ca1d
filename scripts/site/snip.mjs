// Empties functions of a linked WASM file that are never called, so that what only they need is left out too.
//
// Works on a file that still has the linker's relocations (`--emit-relocs`) and names: an emptied function keeps its
// place and its length, and loses its relocations. Whoever follows these (wasm-split-cli) then reaches nothing through it.
// The format: https://github.com/WebAssembly/tool-conventions/blob/main/Linking.md (relocation sections).

import { CODE, CUSTOM, FUNCTION_NAMES, IMPORT, importedFunctions, sections } from "./module.mjs";

const UNREACHABLE = 0x00, NOP = 0x01, END = 0x0b;
// Relocation types that are followed by an addend.
const WITH_ADDEND = new Set([3, 4, 5, 8, 9, 11, 14, 15, 16, 17, 21, 22, 23, 25]);

function functionNames(reader) {
  const names = new Map();
  while (reader.at < reader.end) {
    const kind = reader.byte();
    const part = reader.skip(reader.number());
    if (kind !== FUNCTION_NAMES) continue;
    for (let left = part.number(); left > 0; left--) names.set(part.number(), part.name());
  }
  return names;
}

/** Writes a number in the fixed length of five bytes that linkers use. */
function padded(number) {
  const bytes = [];
  for (let i = 0; i < 4; i++, number = Math.floor(number / 128)) bytes.push((number & 0x7f) | 0x80);
  return Buffer.from([...bytes, number]);
}

/** Empties the functions with the names that `chosen` accepts; answers with the new file and how many there were. */
export function snip(wasm, chosen) {
  const bytes = Buffer.from(wasm);
  const all = sections(bytes);
  const one = (what, test) => all.find(test) ?? fail(what);
  const fail = (what) => {
    throw new Error(`the WASM has no ${what}: was it linked with --emit-relocs and its names kept?`);
  };
  const first = importedFunctions(one("imports", ({ id }) => id === IMPORT).content);
  const names = functionNames(one("names", ({ name }) => name === "name").content);
  const code = one("code", ({ id }) => id === CODE).content;
  const base = code.at;
  const emptied = [];
  const count = code.number();
  for (let index = 0; index < count; index++) {
    const body = code.skip(code.number());
    if (!chosen(names.get(first + index) ?? "")) continue;
    bytes.fill(NOP, body.at, body.end);
    bytes.set([0, UNREACHABLE], body.at);
    bytes[body.end - 1] = END;
    emptied.push([body.at - base, body.end - base]);
  }
  const relocations = one("relocations", ({ name }) => name === "reloc.CODE");
  return { wasm: withoutRelocations(bytes, relocations, emptied), count: emptied.length };
}

function withoutRelocations(bytes, { start, content }, emptied) {
  const target = content.number();
  const kept = [];
  let next = 0;
  let left = content.number();
  const all = left;
  for (; left > 0; left--) {
    const from = content.at;
    const type = content.byte();
    const offset = content.number();
    content.number();
    if (WITH_ADDEND.has(type)) content.number();
    // Both lists are in order.
    while (next < emptied.length && emptied[next][1] <= offset) next++;
    if (next < emptied.length && emptied[next][0] <= offset) continue;
    kept.push(bytes.subarray(from, content.at));
  }
  if (all === 0) throw new Error("the WASM has no relocations");
  const name = Buffer.from("reloc.CODE");
  const body = Buffer.concat([Buffer.from([name.length]), name, padded(target), padded(kept.length), ...kept]);
  return Buffer.concat([bytes.subarray(0, start), Buffer.from([CUSTOM]), padded(body.length), body, bytes.subarray(content.end)]);
}
