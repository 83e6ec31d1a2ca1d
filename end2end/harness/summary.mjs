// What failed and why in a few lines, at the very end, where a person (or the last lines of a log) has it in view.

const LINES = 14;

/** Terminal colours, which a log has no use for. */
const colours = /\u001b\[[0-9;]*m/g;

export default class Summary {
  failures = [];

  onTestEnd(test, result) {
    if (result.status === test.expectedStatus || result.status === "skipped") return;
    const message = result.errors.map((error) => error.message ?? String(error.value)).join("\n");
    const { file, line } = result.error?.location ?? test.location;
    const told = message.replace(colours, "").split("\n").filter((text) => text.trim() !== "").slice(0, LINES);
    this.failures.push([`${test.titlePath().filter(Boolean).join(" › ")} (${file.split("/").pop()}:${line})`, ...told]);
  }

  onEnd() {
    for (const [title, ...told] of this.failures) {
      console.log(`\nfailed: ${title}`);
      for (const text of told) console.log(`    ${text.slice(0, 300)}`);
    }
  }

  printsToStdio() {
    return true;
  }
}
