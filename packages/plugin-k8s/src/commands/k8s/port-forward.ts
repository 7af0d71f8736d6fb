import { Args, Flags } from "@noetl/sdk";
import { toolFlags } from "../../command.ts";
import { clusterFlags } from "../../flags.ts";
import { K8sCommand } from "../../k8s-command.ts";
import { keepForward } from "../../observe/forward.ts";
import { SERVICES, serviceOf } from "../../observe/services.ts";

export default class K8sPortForward extends K8sCommand {
  static override description =
    "Makes the server of a cluster — or PostgreSQL, or NATS of a development one — reachable on this machine until Ctrl-C. A connection that breaks off is opened again. (context port-forward does it for a context of NoETL, in the background too.)";
  static override examples = [
    "<%= config.bin %> k8s port-forward",
    "<%= config.bin %> k8s port-forward postgres --local-port 54321",
  ];
  static override args = {
    service: Args.string({
      ignoreStdin: true,
      default: "server",
      options: [...SERVICES],
      description: "what to reach",
    }),
  };
  static override flags = {
    "local-port": Flags.integer({
      min: 0,
      max: 65_535,
      description: "port of this machine; that of the service when not given, 0 = a free one",
    }),
    address: Flags.string({ default: "127.0.0.1", description: "address to listen on" }),
    ...clusterFlags,
    ...toolFlags,
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(K8sPortForward);
    return this.withTools(flags, async (tools) => {
      const { config, kubectl } = await this.place(flags, tools);
      const service = serviceOf(config, args.service);
      if (flags["dry-run"]) {
        const ports = `${flags["local-port"] ?? service.port}:${service.port}`;
        await kubectl.run(["port-forward", service.target, ports, "-n", service.namespace, "--address", flags.address]);
        return { commands: tools.lines, dry_run: true };
      }
      await keepForward(kubectl, service, {
        localPort: flags["local-port"] ?? service.port,
        address: flags.address,
        signal: tools.signal,
        onLine: (line) => this.show(line),
        note: (text) => this.note(text),
      });
      return undefined;
    });
  }
}
