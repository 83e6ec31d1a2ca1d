// Makes WASM files smaller. The optimiser is itself WASM and slow to start: two workers keep it for all files.

import { readFileSync, writeFileSync } from "node:fs";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { sections } from "./module.mjs";
import { named } from "./order.mjs";

const WORKERS = 2;
/** What every current browser supports: Binaryen's names, in its library and on its tools' command line. */
export const FEATURES = {
  BulkMemory: "bulk-memory",
  BulkMemoryOpt: "bulk-memory-opt",
  CallIndirectOverlong: "call-indirect-overlong",
  NontrappingFPToInt: "nontrapping-float-to-int",
  SignExt: "sign-ext",
  ReferenceTypes: "reference-types",
  Multivalue: "multivalue",
  MutableGlobals: "mutable-globals",
};

/** Makes the files smaller, the largest first. */
export async function optimise(paths) {
  const waiting = [...paths].sort((a, b) => readFileSync(a).length - readFileSync(b).length);
  const work = () =>
    new Promise((done, fail) => {
      const worker = new Worker(new URL(import.meta.url));
      const next = () => worker.postMessage(waiting.pop() ?? null);
      worker.on("message", next).once("error", fail).once("exit", done);
      next();
    });
  await Promise.all(Array.from({ length: WORKERS }, work));
}

/** The module without the linker's names, some of which the optimiser does not know and would tell of. */
export function nameless(wasm) {
  const kept = sections(wasm).filter(({ name }) => name !== "name");
  return Buffer.concat([wasm.subarray(0, 8), ...kept.map(({ start, content }) => wasm.subarray(start, content.end))]);
}

async function serve() {
  const { default: binaryen } = await import("binaryen");
  // What `wasm-opt -Oz` sets.
  binaryen.setOptimizeLevel(2);
  binaryen.setShrinkLevel(2);
  binaryen.setGenerateStackIR(true);
  binaryen.setOptimizeStackIR(true);
  const features = Object.keys(FEATURES).reduce((all, name) => all | binaryen.Features[name], 0);

  const shrink = (wasm, ...passes) => {
    const module = binaryen.readBinary(wasm, features);
    module.optimize();
    module.runPasses([...passes, "strip-debug", "strip-producers"]);
    const smaller = module.emitBinary();
    module.dispose();
    return smaller;
  };

  parentPort.on("message", (path) => {
    if (path === null) return parentPort.close();
    // A second round finds another half a kilobyte of the first load in what the first has left.
    const twice = shrink(shrink(nameless(readFileSync(path))));
    writeFileSync(path, shrink(named(Buffer.from(twice)), "reorder-functions-by-name"));
    parentPort.postMessage("done");
  });
}

if (!isMainThread) await serve();
