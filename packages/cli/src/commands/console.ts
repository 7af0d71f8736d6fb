import { join } from "node:path";
import { usesGateway } from "@noetl/client";
import { ensureError, NoetlError } from "@noetl/core";
import { BaseCommand, type globalFlags, type ServerChoice } from "@noetl/sdk";
import { stateFolder } from "@noetl/store";
import type { Interfaces } from "@oclif/core";
import { maskedToken } from "../auth/given-token.ts";
import { complete } from "../completion/complete.ts";
import { doLine } from "../console/console.ts";
import { readHistory, writeHistory } from "../console/history.ts";
import { readLines, typedLine } from "../console/lines.ts";
import { knownCommands } from "../plugins/known.ts";

type GlobalFlags = Interfaces.InferredFlags<typeof globalFlags>;

/** What the console hands on to every command. */
const HANDED_ON = ["context", "server-url", "host", "port", "gateway", "session-token", "request-timeout"] as const;

export default class Console extends BaseCommand {
  static override description =
    "Takes commands line by line, with history and completion; its own flags count for each of them. Without a terminal it reads the lines of stdin, and its exit code is that of the last command that failed.";
  static override examples = ["<%= config.bin %> console --context prod", "<%= config.bin %> console < commands.txt"];

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Console);
    if (this.format !== "text") {
      throw new NoetlError("validation", "E_FORMAT", "the console itself has no result", {
        hint: "give --json to the commands in it",
      });
    }
    const ports = {
      globals: handedOn(flags),
      run: async (argv: readonly string[]) => {
        const { runCli } = await import("../conduct/run-cli.ts");
        process.exitCode = 0;
        await runCli(argv);
        return Number(process.exitCode ?? 0);
      },
      where: async () => whereText(await this.server(flags)),
      show: (text: string) => this.show(text),
      note: (text: string) => this.note(text),
    };
    let failed = 0;
    const { stdin: input, stderr: output } = process;
    if (!input.isTTY || flags["no-input"]) {
      for await (const line of readLines(input)) {
        const code = await doLine(line, ports);
        if (code === "leave") break;
        failed = code || failed;
      }
      this.endWith(failed);
      return undefined;
    }
    const file = join(stateFolder(this.env), "console-history");
    const history = await readHistory(file);
    for (;;) {
      const prompt = await this.prompt(flags);
      const typed = await typedLine({ input, output, prompt, history, complete: (line) => this.words(line, flags) });
      if (typed === "end" || (await doLine(typed.line, ports)) === "leave") break;
    }
    await writeHistory(file, history).catch((error: unknown) => this.note(ensureError(error).message));
    this.endWith(0);
    return undefined;
  }

  /** `noetl(prod@gateway.example.org|gw)> `; read anew each time, since commands change it. */
  private async prompt(flags: GlobalFlags): Promise<string> {
    try {
      const { url, context, endpoint } = await this.server(flags);
      const way = usesGateway(endpoint) ? "gw" : "api";
      return `noetl(${context?.name ?? "-"}@${new URL(url).host}|${way})> `;
    } catch (error) {
      this.note(ensureError(error).message);
      return "noetl> ";
    }
  }

  private async words(line: string, flags: GlobalFlags): Promise<string[]> {
    const words = line.trimStart().split(/\s+/);
    const found = await complete(words.slice(0, -1), words.at(-1) ?? "", {
      known: knownCommands(this.env),
      env: this.env,
      flags,
      cwd: process.cwd(),
      patienceMs: 1_000,
      trouble: () => {},
    });
    return found.words;
  }
}

function handedOn(flags: GlobalFlags): string[] {
  return HANDED_ON.flatMap((name) => {
    const value = flags[name];
    if (value === undefined) return [];
    return typeof value === "boolean" ? [value ? `--${name}` : `--no-${name}`] : [`--${name}`, String(value)];
  });
}

function whereText({ url, source, context, endpoint, tokenSource }: ServerChoice): string {
  const gateway = usesGateway(endpoint);
  const token = endpoint.token === undefined ? "not set" : `${maskedToken(endpoint.token)} from ${tokenSource}`;
  return [
    `Context  ${context?.name ?? "-"}`,
    `Server   ${url} (${source})`,
    `Proxy    ${gateway ? "gateway (/noetl/*)" : "direct (/api/*)"}`,
    `Token    ${token}`,
  ].join("\n");
}
