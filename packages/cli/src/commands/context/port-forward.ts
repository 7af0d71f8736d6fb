import { Args, BaseCommand, contextNamed, Flags, readContexts } from "@noetl/sdk";
import { forward, forwardDetached, stopForward, tunnelOf, tunnelState } from "../../contexts/port-forward.ts";

const one = ["detach", "stop", "status"];
const others = (flag: string) => ({ exclusive: one.filter((name) => name !== flag) });

export default class ContextPortForward extends BaseCommand {
  static override description =
    "Makes the server of a context reachable on this machine with kubectl port-forward, until Ctrl-C or in the background.";
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: "name of the context" }),
  };
  static override flags = {
    detach: Flags.boolean({ ...others("detach"), description: "in the background" }),
    stop: Flags.boolean({ ...others("stop"), description: "end the one in the background" }),
    status: Flags.boolean({ ...others("status"), description: "does one run in the background?" }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ContextPortForward);
    const context = contextNamed(await readContexts(this.env), args.name);
    const tunnel = tunnelOf(context, this.env);
    const document = { name: args.name, server_url: context.serverUrl, command: tunnel.command };
    if (flags.status) {
      const known = await tunnelState(tunnel);
      this.show(known.state === "none" ? "not running" : `${known.state}, PID ${known.pid}`);
      return { ...document, pid: null, ...known };
    }
    if (flags.stop) {
      const stopped = await stopForward(tunnel);
      this.show(stopped ? "stopped" : "it did not run");
      return { ...document, state: "none", pid: null };
    }
    if (flags.detach) {
      const pid = await forwardDetached(tunnel);
      this.show(`forwarding ${context.serverUrl}, PID ${pid}`);
      return { ...document, state: "running", pid };
    }
    this.note(tunnel.command.join(" "));
    this.endWith(await forward(tunnel));
    return { ...document, state: "none", pid: null };
  }
}
