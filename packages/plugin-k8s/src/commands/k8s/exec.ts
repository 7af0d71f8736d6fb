import { Args, Flags, NoetlError } from "@noetl/sdk";
import { objectsOf } from "../../cluster/kubectl.ts";
import { isReady } from "../../deploy/pods.ts";
import { changeFlags } from "../../flags.ts";
import { K8sCommand } from "../../k8s-command.ts";
import { roleOf } from "../../observe/roles.ts";

export default class K8sExec extends K8sCommand {
  static override description =
    "Runs a program in a pod of a part, with this terminal; a shell when none is named. Ends with its exit code.";
  static override examples = [
    "<%= config.bin %> k8s exec worker",
    "<%= config.bin %> k8s exec server -- noetl db status --direct",
    "<%= config.bin %> k8s exec postgres -- psql -U demo demo_noetl",
  ];
  static override strict = false;
  static override args = {
    role: Args.string({ required: true, ignoreStdin: true, description: "part of NoETL, or the name of a pool" }),
    command: Args.string({ ignoreStdin: true, description: "program and its arguments, after --" }),
  };
  static override flags = {
    pod: Flags.string({ description: "this pod; the first that is ready when not given" }),
    container: Flags.string({ char: "c", description: "this container" }),
    ...changeFlags,
  };

  async run(): Promise<unknown> {
    const { args, flags, argv } = await this.parse(K8sExec);
    return this.withTools(flags, async (tools) => {
      const { config, context, kubectl } = await this.placeToChange(flags, tools, "exec");
      const { namespace, selector, name, workloads } = roleOf(config, args.role);
      const pods = objectsOf(await kubectl.json(["get", "pods", "-n", namespace, "-l", selector]));
      const pod = flags.pod ?? pods.find(isReady)?.metadata.name;
      if (pod === undefined) {
        throw new NoetlError("not_found", "POD_MISSING", `no pod of ${name} is ready in namespace ${namespace}`, {
          hint: `${this.config.bin} k8s status --context ${context.name}`,
        });
      }
      const container = flags.container ?? workloads[0]?.spec.template.spec.containers[0]?.name;
      const program = argv.slice(1).map(String);
      const terminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
      const ended = await kubectl.attempt(
        [
          "exec",
          terminal ? "-it" : "-i",
          pod,
          "-n",
          namespace,
          ...(container === undefined ? [] : ["-c", container]),
          "--",
          ...(program.length > 0 ? program : ["sh"]),
        ],
        { terminal: true },
      );
      if (flags["dry-run"]) return { commands: tools.lines, dry_run: true };
      if (ended.code !== 0) this.endWith(ended.code);
      return undefined;
    });
  }
}
