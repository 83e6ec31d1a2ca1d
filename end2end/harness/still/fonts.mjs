// The letters of the pictures: the same on every machine, whatever is installed there.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../forewatch.mjs";
import { temporaryFolder } from "../process.mjs";

const families = ["inter", "jetbrains-mono"];

/** The environment of a browser that has these letters and no others, drawn without the machine's own taste. */
export function lettersOnly() {
  const folder = temporaryFolder();
  const file = join(folder, "fonts.conf");
  const dirs = families.map((name) => `<dir>${join(root, "end2end/node_modules/@expo-google-fonts", name)}</dir>`);
  const set = ([name, value]) => `<edit name="${name}" mode="assign">${value}</edit>`;
  const drawn = { antialias: "<bool>true</bool>", hinting: "<bool>false</bool>", hintstyle: "<const>hintnone</const>", rgba: "<const>none</const>" };
  writeFileSync(
    file,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  ${dirs.join("\n  ")}
  <cachedir>${join(folder, "cache")}</cachedir>
  <alias binding="same"><family>monospace</family><prefer><family>JetBrains Mono</family></prefer></alias>
  <alias binding="same"><family>sans-serif</family><prefer><family>Inter</family></prefer></alias>
  <match target="pattern">${Object.entries(drawn).map(set).join("")}</match>
  <match target="font">${Object.entries(drawn).map(set).join("")}</match>
</fontconfig>
`,
  );
  return { FONTCONFIG_FILE: file };
}
