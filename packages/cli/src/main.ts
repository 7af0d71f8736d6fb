import { fstatSync } from "node:fs";
import { readPlugins, wantsColor } from "@noetl/sdk/start";
import { programName } from "./conduct/program-name.ts";
import { endWithShim } from "./conduct/shim.ts";
import { version, versionLine } from "./conduct/version.ts";
import { drawnAnswer } from "./fast/answer.ts";
import { say } from "./fast/say.ts";
import { CHILD } from "./plugins/child/self.ts";

const argv = process.argv.slice(2);

// Scripts and prompts ask for these often: they are answered before anything else is loaded.
const answer = ownVersion() ?? (await drawnHelp());
if (answer !== undefined) say(answer);
else if (argv[0] === CHILD) {
  const { runChild } = await import("./plugins/child/child.ts");
  await runChild();
} else {
  endWithShim();
  const { runCli } = await import("./conduct/run-cli.ts");
  await runCli(argv);
}

function ownVersion(): string | undefined {
  if (argv[0] !== "--version" && argv[0] !== "-V") return undefined;
  if (argv.length === 1) return `${versionLine()}\n`;
  const wantsJson = argv.length === 2 && (argv[1] === "--json" || argv[1] === "-j");
  return wantsJson ? `${JSON.stringify(version())}\n` : undefined;
}

async function drawnHelp(): Promise<string | undefined> {
  if (programName() !== "noetl") return undefined;
  return drawnAnswer(argv, () => {
    const { env } = process;
    // Only what may be a terminal is asked whether it is one: making the stream takes a binary as long as all the rest.
    const isTTY = fstatSync(1).isCharacterDevice() && process.stdout.isTTY === true;
    return {
      columns: isTTY ? process.stdout.columns : undefined,
      color: wantsColor({ env, isTTY }),
      versionLine: versionLine(),
      hasPlugins: readPlugins(env).plugins.length > 0,
    };
  });
}
