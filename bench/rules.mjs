// How long one evaluation of all alert rules takes, over 1,000 workers with 8 GPUs each; and many generated histories of
// alerts, in which the engine's promises must hold.

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { target } from "../end2end/harness/forewatch.mjs";
import { report } from "./measure.mjs";

const histories = Number(process.env.FOREWATCH_HISTORIES ?? 20_000);

const told = JSON.parse(execFileSync(join(target, "release/examples/evaluate_rules"), ["1000", "8"], { encoding: "utf8" }));
const ms = (seconds) => seconds * 1000;
const rows = [
  [`a whole evaluation, ${told.rules} rules, healthy, median`, ms(told.healthy[0]), "ms", 5],
  ["the same, the longest of 200", ms(told.healthy[1]), "ms"],
  [`with ${told.alerts} alerts, median`, ms(told.storm[0]), "ms"],
];

// Each of the properties takes so many histories of its own.
const started = Date.now();
const tests = ["test", "--release", "--package", "forewatch-server", "--lib", "alerts::tests::histories"];
const output = execFileSync("cargo", tests, {
  encoding: "utf8",
  env: { ...process.env, FOREWATCH_HISTORIES: String(histories) },
  stdio: ["ignore", "pipe", "inherit"],
});
const passed = Number(output.match(/(\d+) passed/)?.[1] ?? 0);
rows.push(["histories of alerts in which every promise held", passed * histories, "histories", 100_000]);
rows.push(["which took, with the build", (Date.now() - started) / 1000, "s"]);
report("rules", rows);
