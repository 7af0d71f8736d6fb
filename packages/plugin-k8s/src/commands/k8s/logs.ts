import { Args, Flags, isNoetlError, NoetlError } from "@noetl/sdk";
import { toolFlags } from "../../command.ts";
import { clusterFlags } from "../../flags.ts";
import { K8sCommand } from "../../k8s-command.ts";
import { followLogs, type LogLine, readLogs } from "../../observe/logs.ts";
import { roleOf } from "../../observe/roles.ts";

export default class K8sLogs extends K8sCommand {
  static override description =
    "Prints the logs of all pods of a part: server, worker, publisher, projector, system, migration, postgres, nats, or the name of a pool. With -f as they are written, also those of pods that come later.";
  static override examples = [
    "<%= config.bin %> k8s logs server",
    "<%= config.bin %> k8s logs worker -f",
    "<%= config.bin %> k8s logs migration --tail 500",
  ];
  static override rows = "lines";
  static override args = {
    role: Args.string({ ignoreStdin: true, default: "server", description: "part of NoETL" }),
  };
  static override flags = {
    follow: Flags.boolean({ char: "f", description: "go on until Ctrl-C" }),
    tail: Flags.integer({ default: 100, min: 0, description: "how many lines of each container" }),
    since: Flags.string({ helpValue: "10m", description: "only younger lines" }),
    previous: Flags.boolean({ exclusive: ["follow"], description: "of the container before it was started anew" }),
    container: Flags.string({ char: "c", description: "only this container" }),
    ...clusterFlags,
    verbose: toolFlags.verbose,
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(K8sLogs);
    if (flags.follow && this.format !== "text" && !this.streams) {
      throw new NoetlError("validation", "E_FLAGS", "--follow has no end, so that it gives no document", {
        hint: "-o ndjson prints one for each line",
      });
    }
    return this.withTools(flags, async (tools) => {
      const { config, context, kubectl } = await this.place(flags, tools);
      const role = roleOf(config, args.role);
      const { tail, since, container } = flags;
      const options = { tail, since, container, previous: flags.previous === true };
      const lines: LogLine[] = [];
      const print = (line: LogLine) => {
        this.show(line.pod === "" ? line.text : `${this.paint.dim(line.pod)} ${line.text}`);
        if (this.streams) void this.emit(line);
        else if (!flags.follow) lines.push(line);
      };
      if (!flags.follow) {
        await readLogs(kubectl, role, options, print);
        if (lines.length === 0 && !this.streams) this.note(`no pod of ${role.name} has written anything`);
        return this.streams ? undefined : { context: context.name, namespace: role.namespace, role: role.name, lines };
      }
      await followLogs(
        kubectl,
        role,
        { ...options, signal: tools.signal, note: (text) => this.note(text) },
        print,
      ).catch((error: unknown) => {
        // Ctrl-C is how this ends.
        if (!isNoetlError(error) || error.meaning !== "cancelled") throw error;
      });
      return undefined;
    });
  }
}
