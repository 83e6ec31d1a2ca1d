// What a tab holds, once all that nobody holds is gone.

// The memory of the WASM has no name in the page: it is noted as it is made.
const noteWasm = () => {
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const make = WebAssembly[name];
    WebAssembly[name] = async (...args) => {
      const made = await make.apply(WebAssembly, args);
      window.wasmMemory ??= Object.values((made.instance ?? made).exports).find((part) => part instanceof WebAssembly.Memory);
      return made;
    };
  }
};

/** Prepares a page that has not loaded; answers with what tells the heap of its scripts, the memory of its WASM, its elements and listeners. */
export async function heapOf(page, devtools) {
  await page.addInitScript(noteWasm);
  await devtools.send("Performance.enable");
  return async () => {
    for (let n = 0; n < 3; n++) await devtools.send("HeapProfiler.collectGarbage");
    const { metrics } = await devtools.send("Performance.getMetrics");
    const of = (name) => metrics.find((metric) => metric.name === name).value;
    const wasm = await page.evaluate(() => window.wasmMemory?.buffer.byteLength ?? 0);
    return { heap: of("JSHeapUsedSize"), nodes: of("Nodes"), listeners: of("JSEventListeners"), wasm };
  };
}
