import { openClient } from "@noetl/client";
import { isObject } from "@noetl/core";
import { Args, BaseCommand, type ContextPatch, checkedUrl, editContexts, Flags, RUNTIMES } from "@noetl/sdk";

export default class ContextInit extends BaseCommand {
  static override description = "Sets up a context from what a gateway says about itself.";
  static override examples = [
    "<%= config.bin %> context init prod --from-gateway https://gateway.example.org --set-current",
  ];
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: "name of the context" }),
  };
  static override flags = {
    "from-gateway": Flags.string({ required: true, helpValue: "URL", description: "address of the gateway" }),
    runtime: Flags.option({ options: RUNTIMES })({
      default: "distributed" as const,
      description: "where playbooks run",
    }),
    "set-current": Flags.boolean({ description: "make it the current one" }),
    yes: Flags.boolean({ char: "y", aliases: ["non-interactive"], description: "do not ask" }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ContextInit);
    const { name } = args;
    const serverUrl = checkedUrl(flags["from-gateway"], "--from-gateway");
    const contract = await openClient({ url: serverUrl }).gateway.contract();
    const proxied = isObject(contract.proxy_contract) ? contract.proxy_contract : {};
    const auth0 = isObject(contract.auth0) ? contract.auth0 : {};
    const text = (key: string) => (typeof auth0[key] === "string" && auth0[key] !== "" ? String(auth0[key]) : null);
    const patch: ContextPatch = {
      serverUrl,
      runtime: flags.runtime,
      // A server says itself where its routes are; a gateway has them elsewhere.
      gateway: proxied.incoming_prefix !== "/api/",
      auth0Domain: text("domain"),
      auth0ClientId: text("client_id"),
      auth0RedirectUri: text("redirect_uri"),
      auth0Audience: text("audience"),
    };
    const written = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== null));
    if (text("domain") === null)
      this.note("the gateway names no identity provider; auth login will need --auth0-domain");
    this.note(
      Object.entries(written)
        .map(([field, value]) => `  ${inFile(field)}: ${String(value)}`)
        .join("\n"),
    );
    if (!(await this.agreed(`Write this to context '${name}'?`, flags))) {
      this.note("nothing was written");
      return { name, server_url: serverUrl, written: false };
    }
    await editContexts(this.env, (draft) => {
      // What stood there before belonged to another set-up.
      if (draft.file.contexts.has(name)) draft.remove(name);
      draft.put(name, patch);
      if (flags["set-current"] || draft.file.current === name) draft.use(name);
    });
    this.show(`wrote ${name}: ${serverUrl}`);
    this.note(`noetl auth login --context ${name} gets a session`);
    return { name, server_url: serverUrl, written: true };
  }
}

/** As the field is called in config.yaml. */
function inFile(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
