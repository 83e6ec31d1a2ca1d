// Says how large the site is: each file raw and as it goes over the wire, and the first load in all.

import { relative } from "node:path";
import { root } from "./files.mjs";

const size = (bytes) => `${(bytes / 1000).toFixed(1)} kB`.padStart(11);

export function report(site, files, manifest) {
  console.error(`site: ${relative(root, site) || site}`);
  let first = 0;
  for (const path of Object.values(manifest)) {
    const name = path.slice(1);
    const raw = files.get(name).length;
    const wire = (files.get(`${name}.br`) ?? files.get(name)).length;
    first += wire;
    console.error(`  ${size(raw)} raw ${size(wire)} brotli  ${path}`);
  }
  console.error(`  ${size(first)} brotli for the first load, without the page itself`);
}
