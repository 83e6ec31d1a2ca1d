#!/usr/bin/env node
// Builds the charts that bench/charts.mjs drives, compiled and made small as the dashboard of a release is.

import { join } from "node:path";
import { target } from "../../end2end/harness/forewatch.mjs";
import { buildBeside } from "../../scripts/site/wasm.mjs";

await buildBeside("bench-charts", join(target, "bench-charts"));
