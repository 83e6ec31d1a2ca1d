// Reads the binary format of WASM modules, and writes its numbers and names: https://webassembly.github.io/spec/core/binary/modules.html

export const CUSTOM = 0, IMPORT = 2, CODE = 10;
/** The kind of an import that is a function. */
const FUNCTION = 0;
/** The part of the section `name` that has the names of functions. */
export const FUNCTION_NAMES = 1;

/** Reads the variable-length numbers and the names of the format. */
export class Reader {
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

/** The sections of a module in their order; the content of a custom one starts after its name. */
export function sections(bytes) {
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

/** What a module's section of imports asks for: module, name and kind, and where its description lies. */
export function* imports(reader) {
  const limits = () => (reader.number() & 1 ? (reader.number(), reader.number()) : reader.number());
  for (let left = reader.number(); left > 0; left--) {
    const [module, name, at] = [reader.name(), reader.name(), reader.at];
    const kind = reader.byte();
    if (kind === FUNCTION) reader.number();
    else if (kind === 1) (reader.byte(), limits());
    else if (kind === 2) limits();
    else if (kind === 3) (reader.byte(), reader.byte());
    else if (kind === 4) (reader.byte(), reader.number());
    else throw new Error(`import of unknown kind ${kind}`);
    yield { module, name, kind, description: reader.bytes.subarray(at, reader.at) };
  }
}

/** How many functions a module's section of imports has: its own are numbered from there on. */
export const importedFunctions = (reader) => [...imports(reader)].filter(({ kind }) => kind === FUNCTION).length;

/** A number in the variable length of the format. */
export function encoded(number) {
  const bytes = [];
  for (; number >= 128; number = Math.floor(number / 128)) bytes.push((number & 0x7f) | 0x80);
  return Buffer.from([...bytes, number]);
}

/** Bytes with their length before them. */
export const sized = (bytes) => Buffer.concat([encoded(bytes.length), bytes]);

/** A name of the format. */
export const encodedName = (name) => sized(Buffer.from(name));
