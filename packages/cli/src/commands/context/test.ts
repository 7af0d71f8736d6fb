import { lacksRoute } from "@noetl/client";
import { ensureError, isNoetlError } from "@noetl/core";
import { Args, atContext, BaseCommand, exitCodeOf, readContexts } from "@noetl/sdk";

export default class ContextTest extends BaseCommand {
  static override description = "Tries a context: does its server answer, and does it accept the session?";
  static override args = { name: Args.string({ ignoreStdin: true, description: "by default the current one" }) };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ContextTest);
    const named = { ...flags, context: args.name ?? flags.context };
    const { client, server } = await this.connect(atContext(named, await readContexts(this.env)));
    const result = { name: server.context?.name ?? null, server_url: server.url, reachable: false, accepted: false };
    try {
      const health = await client.system.health();
      result.reachable = true;
      this.show(`${server.url} answers: ${health.status}${health.version ? `, version ${health.version}` : ""}`);
      await client.executions.list({ page_size: 1 });
      result.accepted = true;
      this.show(server.endpoint.token === undefined ? "it wants no session" : "it accepts the session");
      return result;
    } catch (error) {
      this.endWith(exitCodeOf(error));
      const noGateway = server.endpoint.gateway === true && lacksRoute(error);
      const hint = noGateway ? withoutGateway(result.name) : isNoetlError(error) ? error.hint : undefined;
      this.note(`${ensureError(error).message}${hint ? `; ${hint}` : ""}`);
      return result;
    }
  }
}

function withoutGateway(name: string | null): string {
  const mend = name === null ? "--no-gateway" : `noetl context update ${name} --no-gateway`;
  return `it may be a server and no gateway: ${mend}`;
}
