// Empties functions of a linked WASM file that are never called, so that what only they need is left out too.
//
// Works on a file that still has the linker's relocations (`--emit-relocs`) and names: an emptied function keeps its
// place and its length, and loses its relocations. Whoever follows these (wasm-split-cli) then reaches nothing through it.
// The format: https://github.com/WebAssembly/tool-conventions/blob/main/Linking.md (relocation sections).

const CUSTOM = 0, IMPORT = 2, CODE = 10;
const UNREACHABLE = 0x00, NOP = 0x01, END = 0x0b;
const FUNCTION_NAMES = 1;
// Relocation types that are followed by an addend.
const WITH_ADDEND = new Set([3, 4, 5, 8, 9, 11, 14, 15, 16, 17, 21, 22, 23, 25]);

/** Reads the variable-length numbers and the names of the format. */
class Reader {
  constructor(bytes, at, end) {
    Object.assign(this, { bytes, at, end });
  }

  byte() {
    return this.bytes[this.at++];
  }

  number() {
    let value = 0, shift = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) return value;
      shift *= 128;
    }
  }

  name() {
    const length = this.number();
    const text = this.bytes.toString("utf8", this.at, this.at + length);
    this.at += length;
    return text;
  }

  skip(length) {
    const part = new Reader(this.bytes, this.at, this.at + length);
    this.at += length;
    return part;
  }
}

function sections(bytes) {
  const found = [];
  const reader = new Reader(bytes, 8, bytes.length);
  while (reader.at < reader.end) {
    const start = reader.at;
    const id = reader.byte();
    const content = reader.skip(reader.number());
    const name = id === CUSTOM ? content.name() : undefined;
    found.push({ id, name, start, content });
  }
  return found;
}

function importedFunctions(reader) {
  let functions = 0;
  const limits = () => (reader.number() & 1 ? (reader.number(), reader.number()) : reader.number());
  for (let left = reader.number(); left > 0; left--) {
    reader.name();
    reader.name();
    const kind = reader.byte();
    if (kind === 0) (reader.number(), functions++);
    else if (kind === 1) (reader.byte(), limits());
    else if (kind === 2) limits();
    else if (kind === 3) (reader.byte(), reader.byte());
    else if (kind === 4) (reader.byte(), reader.number());
    else throw new Error(`import of unknown kind ${kind}`);
  }
  return functions;
}

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
