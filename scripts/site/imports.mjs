// Shortens the names by which the dashboard's WASM asks its script for functions: each stands in both, and ends in a hash.

import { encoded, encodedName, IMPORT, imports, sections, sized } from "./module.mjs";

/** The WASM and the script that wasm-bindgen wrote, with other names between them. */
export function shortenImports(wasm, script) {
  const { start, content } = sections(wasm).find(({ id }) => id === IMPORT);
  const asked = [...imports(content)];
  const names = [...new Set(asked.map(({ name }) => name))].filter((name) => /^__wb(g|indgen)_/.test(name));
  const short = new Map(names.map((name, n) => [name, `_${n.toString(36)}`]));
  const entries = asked.map(({ module, name, description }) => [encodedName(module), encodedName(short.get(name) ?? name), description]);
  const section = sized(Buffer.concat([encoded(asked.length), ...entries.flat()]));
  const found = new Set();
  const renamed = script.replaceAll(/\b__wb\w+/g, (name) => (short.has(name) && found.add(name) ? short.get(name) : name));
  const missing = names.filter((name) => !found.has(name));
  if (missing.length > 0) throw new Error(`the script does not have ${missing}: does wasm-bindgen write it in another way?`);
  return { wasm: Buffer.concat([wasm.subarray(0, start), Buffer.from([IMPORT]), section, wasm.subarray(content.end)]), script: renamed };
}
