/**
 * `npm run bench [-- PART… --json FILE --write --check --peers]`: what NoETL costs, as a table. Exit code 1 with `--check` when a
 * ratio is over its limit, 2 for a part that does not exist.
 */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { verdict } from "./figure.ts";
import { parts } from "./parts/index.ts";
import { toMarkdown, toText } from "./report.ts";
import { measure } from "./suite.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "string" },
    write: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
    small: { type: "boolean", default: false },
    peers: { type: "boolean", default: false },
  },
});
process.exitCode = await main();

async function main(): Promise<number> {
  const unknown = positionals.filter((name) => !parts.some((part) => part.name === name));
  if (unknown.length > 0) {
    console.error(`no part ${unknown.join(", ")}; there are ${parts.map(({ name }) => name).join(", ")}`);
    return 2;
  }
  const report = await measure({
    root,
    parts: positionals.length === 0 ? parts : parts.filter(({ name }) => positionals.includes(name)),
    small: flags.small,
    peers: flags.peers,
    progress: (part, figures) => console.error(`${part.name}: ${figures.length} figures`),
  });
  console.log(toText(report.figures));
  for (const note of report.notes) console.log(note);
  if (flags.json !== undefined) await writeFile(flags.json, `${JSON.stringify(report, null, 2)}\n`);
  if (flags.write) await writeFile(new URL("../../docs/benchmarks.md", import.meta.url), toMarkdown(report));
  const over = report.figures.filter((figure) => verdict(figure) === "over limit");
  for (const { name, ratio, limit } of over) console.error(`${name}: ${ratio?.toFixed(2)}× is over ${limit}×`);
  return flags.check && over.length > 0 ? 1 : 0;
}
