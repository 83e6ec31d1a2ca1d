// One style sheet from many: follows `@import "file.css";` in order, then drops comments and idle white space.

import { readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { root } from "./files.mjs";

/** The style sheet that starts at `entry`, whole and small. */
export function bundleStyle(entry) {
  return minify(inline(entry, []));
}

const importRule = /@import\s+(?:url\()?["']([^"']+)["']\)?\s*(?:layer\(([^)]+)\))?\s*;/g;

function inline(path, parents) {
  if (parents.includes(path)) throw new Error(`${relative(root, path)} imports itself`);
  let text;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new Error(`${relative(root, parents.at(-1) ?? root)} imports ${relative(root, path)}, which cannot be read`);
  }
  return withoutComments(text).replace(importRule, (_, name, layer) => {
    const imported = inline(resolve(dirname(path), name), [...parents, path]);
    return layer ? `@layer ${layer} {\n${imported}\n}` : imported;
  });
}

// A string, or a comment: whichever starts first wins, so a comment sign inside a string stays.
const stringOrComment = /("(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*')|\/\*[^]*?\*\//g;

function withoutComments(text) {
  return text.replace(stringOrComment, (_, string) => string ?? " ");
}

/** White space goes only where CSS never needs it: runs of it, and around braces, semicolons and commas. */
function minify(text) {
  const outsideStrings = (part) =>
    part.replace(/\s+/g, " ").replace(/ ?([{};,]) ?/g, "$1").replace(/;}/g, "}");
  return text
    .split(/("(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*')/)
    .map((part, i) => (i % 2 === 1 ? part : outsideStrings(part)))
    .join("")
    .trim();
}
