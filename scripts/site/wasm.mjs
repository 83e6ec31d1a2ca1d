// From Rust to what the browser loads: cargo, wasm-split-cli, wasm-bindgen, Binaryen's optimiser.

import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, relative } from "node:path";
import { filesUnder, root, target } from "./files.mjs";
import { shortenImports } from "./imports.mjs";
import { mergeShared } from "./merge.mjs";
import { optimise } from "./optimise.mjs";
import { run } from "./run.mjs";
import { snip } from "./snip.mjs";

const triple = "wasm32-unknown-unknown";
const main = "forewatch";

/**
 * How the release is compiled: a standard library built for size, panics that stop at once (nobody reads their texts in a
 * visitor's browser), no path of this machine in the WASM. The compiler calls these options unstable; without the standard
 * library's source the dashboard is built without them, and is larger. The flag of .cargo/config.toml is repeated, since
 * the environment replaces it.
 */
function releaseBuild() {
  const registry = join(process.env.CARGO_HOME || join(homedir(), ".cargo"), "registry/src");
  const sysroot = spawnSync("rustc", ["--print", "sysroot"], { cwd: root, encoding: "utf8" }).stdout.trim();
  const flags = [
    "--cfg=erase_components", "-Csymbol-mangling-version=v0", `--remap-path-prefix=${registry}=`, `--remap-path-prefix=${root}=`,
  ];
  if (!existsSync(join(sysroot, "lib/rustlib/src/rust/library/std/Cargo.toml"))) {
    console.error("site: the standard library's source is missing (rust-src): the dashboard gets a tenth larger than it need be");
    return { args: [], env: { RUSTFLAGS: flags.join(" ") } };
  }
  return {
    args: ["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size", "-Zpanic-immediate-abort"],
    env: {
      RUSTC_BOOTSTRAP: "1",
      CARGO_PROFILE_WASM_PANIC: "immediate-abort",
      RUSTFLAGS: [...flags, "-Zlocation-detail=none", "-Zfmt-debug=none"].join(" "),
    },
  };
}

/** Compiles the dashboard for the browser and says where the WASM lies. */
export function buildWasm(profile) {
  const args = ["--package", "frontend", "--lib", "--target", triple];
  if (profile === "release") {
    const build = releaseBuild();
    // The linker keeps its notes on what refers to what: the splitting needs them.
    const split = ["--profile", "wasm", "--features", "split", "--crate-type", "cdylib", "--", "-Clink-arg=--emit-relocs"];
    run("cargo", ["rustc", ...build.args, ...args, ...split], build.env);
    return join(target, triple, "wasm", "frontend.wasm");
  }
  run("cargo", ["build", ...args]);
  return join(target, triple, "debug", "frontend.wasm");
}

/** Builds a crate that has the dashboard's code in it as the release is built, in one piece: `CRATE.js` and its WASM in `folder`. */
export async function buildBeside(crate, folder) {
  const { args, env } = releaseBuild();
  const name = crate.replaceAll("-", "_");
  run("cargo", ["rustc", ...args, "--package", crate, "--lib", "--target", triple, "--profile", "wasm"], env);
  rmSync(folder, { recursive: true, force: true });
  run("wasm-bindgen", ["--target", "web", "--no-typescript", "--out-name", crate, "--out-dir", folder, join(target, triple, "wasm", `${name}.wasm`)]);
  await optimise(filesUnder(folder).filter((path) => path.endsWith(".wasm")));
}

/**
 * What Leptos ties to every view and route though this dashboard never calls it: hydrating bit by bit, listing the
 * routes (the server's part), and the browser's streams, made or filled in Rust. Chosen are the functions that stand in
 * the tables or are exported, by the symbols' own spelling: whatever only these reach goes with them. The optimiser makes
 * one of functions that are the same, so a function may be chosen only when it is like nothing else; the browser tests
 * run on the result.
 */
const tabled = [
  /^_RINvNvX\w*6tachys4view8any_view\w*8into_any13hydrate_async/,
  /^_RINvNvX\w*13leptos_router8matching\w*15generate_routes/,
  /^intounderlying(byte)?(source|sink)_/,
];
const neverCalled = (name) => tabled.some((pattern) => pattern.test(name));

/** Makes the files that the browser loads: `forewatch.js`, `forewatch_bg.wasm`, in a release the parts beside them. */
export async function bindWasm(wasm, profile) {
  const folder = join(target, "site-work", profile);
  rmSync(folder, { recursive: true, force: true });
  const bind = ["--target", "web", "--no-typescript", "--out-name", main, "--out-dir", folder];
  if (profile !== "release") {
    run("wasm-bindgen", [...bind, wasm]);
    return filesIn(folder);
  }
  const parts = `${folder}-parts`;
  rmSync(parts, { recursive: true, force: true });
  const { wasm: needed, count } = snip(readFileSync(wasm), neverCalled);
  if (count === 0) throw new Error("the dashboard's WASM has no function that is never called: has Leptos renamed them?");
  const whole = `${folder}.wasm`;
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, needed);
  run("wasm-split-cli", ["--target", "web", "--out-name", main, whole, parts], { RUST_LOG: "error" });
  run("wasm-bindgen", [...bind, "--keep-lld-exports", join(parts, `${main}.wasm`)]);
  rmSync(join(parts, `${main}.wasm`));
  for (const { name, content } of filesIn(parts)) writeFileSync(join(folder, name), content);
  mergeShared(folder, join(folder, "__wasm_split.js"));
  withStyle(join(folder, "__wasm_split.js"));
  const [code, script] = [join(folder, `${main}_bg.wasm`), join(folder, `${main}.js`)];
  const short = shortenImports(readFileSync(code), readFileSync(script, "utf8"));
  writeFileSync(code, short.wasm);
  writeFileSync(script, short.script);
  await optimise(filesUnder(folder).filter((path) => path.endsWith(".wasm")));
  await joinScripts(folder);
  return filesIn(folder);
}

/** The script and the one that loads the parts need each other from the start: one file costs less than two. */
async function joinScripts(folder) {
  const script = join(folder, `${main}.js`);
  const joined = {
    // What the page asks for; the other exports would only be carried along.
    stdin: { contents: `export { default, hydrate } from "./${main}.js"`, resolveDir: folder },
    outfile: script,
    allowOverwrite: true,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    // wasm-bindgen names the module of the parts once for each function of it.
    logOverride: { "duplicate-object-key": "silent" },
  };
  await build(joined);
  rmSync(join(folder, "__wasm_split.js"));
}

/**
 * Has a part wait for the style sheet of the pages, which lies beside it; a document that was served as one of those pages
 * has it from the start.
 */
function withStyle(loader) {
  const text = readFileSync(loader, "utf8");
  const waits = "await Promise.all(";
  if (text.split(waits).length !== 2) throw new Error("wasm-split-cli loads parts in another way than before: see withStyle");
  const style = `
let pagesStyle;
function loadStyle() {
  return (pagesStyle ??= new Promise((done) => {
    const href = new URL("./pages.css", import.meta.url).href;
    if ([...document.styleSheets].some((sheet) => sheet.href === href)) return done();
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: done, onerror: done }));
  }));
}
`;
  writeFileSync(loader, text.replace(waits, `await loadStyle(); ${waits}`) + style);
}

function filesIn(folder) {
  return filesUnder(folder).map((path) => ({ name: relative(folder, path), content: readFileSync(path) }));
}
