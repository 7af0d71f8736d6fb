import { isNoetlError } from "@noetl/core";
import { openHost } from "@noetl/runner";
import { Args, asksForServer, BaseCommand, EXIT, Flags, wantsColor } from "@noetl/sdk";
import { registryWithPlugins } from "@noetl/sdk/tool-registry";
import { executionDocument, executionsText, executionText } from "../plain/plain.ts";
import { localSource } from "../source/local/local.ts";
import type { Source } from "../source/port.ts";
import { serverSource } from "../source/server.ts";
import { initialState } from "../state/state.ts";
import { chooseSource } from "./choose-source.ts";
import { isAsciiOnly, thisProgram } from "./terminal.ts";

export default class Tui extends BaseCommand {
  static override description =
    "Shows executions live in the terminal: steps as a graph, events, logs, data; runs, cancels, resumes and replays them. Where there is no terminal it prints them once.";
  static override examples = [
    "<%= config.bin %> tui",
    "<%= config.bin %> tui 478775660589088776",
    "<%= config.bin %> tui flow.yaml --local",
  ];
  static override rows = "executions";
  static override args = {
    what: Args.string({ ignoreStdin: true, description: "id of an execution or its last digits, or a playbook file" }),
  };
  static override flags = {
    local: Flags.boolean({ description: "the runs of this machine, without a server" }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Tui);
    const choice = await chooseSource(args.what, {
      local: flags.local,
      // What the environment says is no wish of this command: --local overrules it.
      named: asksForServer(flags, {}),
      connect: () => this.connect(flags),
      note: (text) => this.note(text),
    });
    const tools = registryWithPlugins(this.env);
    const source: Source =
      choice.on === "server"
        ? serverSource(choice.client, tools)
        : localSource({
            host: await openHost({ env: this.env, workingDirectory: process.cwd(), registry: tools }),
            program: thisProgram(process),
          });
    try {
      const live = process.stdout.isTTY === true && process.stdin.isTTY === true && this.env.TERM !== "dumb";
      if (!live || this.format !== "text" || flags["no-input"]) return await this.once(source, choice.id);
      return await this.live(source, tools, choice);
    } finally {
      await source.close();
    }
  }

  /** The executions, or the one that is asked for, as they are now. */
  private async once(source: Source, ref: string | undefined): Promise<unknown> {
    const never = new AbortController().signal;
    const from = { kind: source.kind, name: source.label };
    if (ref === undefined) {
      const executions = await source.executions(never);
      this.show(executionsText(executions, this.paint));
      return { source: from, executions: executions.map(executionDocument) };
    }
    const id = await source.find(ref);
    const { playbook: _, ...detail } = await source.execution(id, never);
    const picture = await source.picture(id, undefined, [], never);
    this.show(executionText({ ...detail, playbook: null }, picture, this.paint));
    const { startedAt, endedAt, status, error } = picture;
    const one = executionDocument({ ...detail, startedAt, endedAt, status, error });
    return { source: from, executions: [{ ...one, steps: picture.steps }] };
  }

  private async live(
    source: Source,
    tools: ReturnType<typeof registryWithPlugins>,
    { id: ref, ...choice }: { id?: string; file?: string },
  ): Promise<undefined> {
    const execution = ref === undefined ? undefined : await foundOrAsGiven(source, ref);
    const { stdin, stdout } = process;
    const { show } = await import("../app/show.ts");
    const ascii = isAsciiOnly(this.env);
    const about = { kind: source.kind, label: source.label, canResume: source.resume !== undefined };
    const size = { columns: stdout.columns || 80, rows: stdout.rows || 24 };
    const initial = initialState(about, size, Date.now(), {
      ...(execution === undefined ? {} : { execution }),
      ...(choice.file === undefined ? {} : { playbook: choice.file }),
    });
    const color = wantsColor({ env: this.env, isTTY: true });
    const end = await show({ source, tools, ascii, initial, color, stdin, stdout });
    if (end === "interrupt") this.endWith(EXIT.interrupted);
    return undefined;
  }
}

/** A server that is away now may know it later. */
async function foundOrAsGiven(source: Source, ref: string): Promise<string> {
  try {
    return await source.find(ref);
  } catch (error) {
    if (isNoetlError(error) && (error.meaning === "unavailable" || error.meaning === "timeout")) return ref;
    throw error;
  }
}
