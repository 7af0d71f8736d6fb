import { versionLine } from "./conduct/version.ts";

const argv = process.argv.slice(2);

// Before anything else is loaded: scripts and prompts ask for the version often.
if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
  process.stdout.write(`${versionLine()}\n`);
} else {
  const { runCli } = await import("./conduct/run-cli.ts");
  await runCli(argv);
}
