import { NoetlError } from "@noetl/core";
import {
  atContext,
  BaseCommand,
  contextNamed,
  EXIT,
  editContexts,
  Flags,
  listenForInterrupt,
  readContexts,
  sameOrigin,
} from "@noetl/sdk";
import { openBrowser } from "../../auth/browser.ts";
import { maskedToken } from "../../auth/given-token.ts";
import { hiddenInput } from "../../auth/hidden-input.ts";
import { identityToken } from "../../auth/identity.ts";

const ways = ["auth0", "auth0-token", "auth0-callback-url"];

export default class AuthLogin extends BaseCommand {
  static override description =
    "Gets a session of a gateway and keeps it in the context. Without a token it shows a code to type in a browser.";
  static override examples = [
    "<%= config.bin %> auth login --context prod",
    "<%= config.bin %> auth login --browser-pkce",
    "<%= config.bin %> auth login --auth0-token $TOKEN --no-save --print-token",
  ];
  static override flags = {
    auth0: Flags.string({ exclusive: ways.slice(1), description: "e-mail, token, or callback URL" }),
    "auth0-token": Flags.string({ exclusive: ["auth0", "auth0-callback-url"], description: "ID or access token" }),
    "auth0-callback-url": Flags.string({ exclusive: ways.slice(0, 2), description: "URL that carries the token" }),
    "auth0-domain": Flags.string({ description: "by default the context's" }),
    "auth0-client-id": Flags.string({ description: "by default the context's" }),
    "auth0-redirect-uri": Flags.string({ description: "with --browser-pkce; on this machine, with a port" }),
    "auth0-audience": Flags.string({ description: "by default the context's" }),
    "auth0-client-secret": Flags.string({
      description: "by default NOETL_AUTH0_CLIENT_SECRET, then the context's",
    }),
    browser: Flags.boolean({ exclusive: ["password", "browser-pkce"], description: "with a code; the default" }),
    "browser-pkce": Flags.boolean({
      aliases: ["pkce"],
      exclusive: ["password", "browser"],
      description: "in a browser of this machine",
    }),
    "pkce-port": Flags.integer({ default: 8765, min: 1, max: 65_535, description: "port the browser comes back to" }),
    "no-browser-open": Flags.boolean({ description: "only print the address" }),
    password: Flags.boolean({ description: "with e-mail and password" }),
    "session-duration-hours": Flags.integer({ default: 8, min: 1, description: "how long the session lasts" }),
    "no-save": Flags.boolean({ description: "do not keep the session" }),
    "print-token": Flags.boolean({ description: "print the whole session token" }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(AuthLogin);
    const server = await this.server(atContext(flags, await readContexts(this.env)));
    const { context } = server;
    const note = (text: string) => this.note(text);
    const interrupt = listenForInterrupt({
      onFirst: () => note("stopping"),
      onSecond: () => process.exit(EXIT.interrupted),
    });
    let token: string;
    try {
      token = await identityToken(flags, context, this.env, {
        note,
        open: flags["no-browser-open"] ? () => {} : openBrowser,
        askPassword: (question) =>
          hiddenInput(question, { input: process.stdin, output: process.stderr, never: flags["no-input"] }),
        signal: interrupt.signal,
      });
    } finally {
      interrupt.release();
    }

    const domain = flags["auth0-domain"] ?? context?.auth0Domain;
    const { client } = await this.connect(flags);
    const session = await client.gateway.login({
      auth0_token: token,
      session_duration_hours: flags["session-duration-hours"],
      ...(domain !== undefined && { auth0_domain: domain }),
    });
    const { session_token: secret, email, expires_at: until } = session;
    if (secret === null) {
      throw new NoetlError("auth", "LOGIN_REFUSED", session.message ?? `${server.url} gave no session`);
    }
    // A session is only ever sent to the server of its context.
    const saved = !flags["no-save"] && context !== undefined && sameOrigin(context.serverUrl, server.url);
    if (saved) {
      await editContexts(this.env, (draft) => {
        contextNamed(draft.file, context.name);
        const fields = { sessionToken: secret, sessionExpiresAt: until, auth0Domain: flags["auth0-domain"] };
        draft.put(context.name, fields);
      });
    } else if (!flags["no-save"]) {
      note(
        context === undefined
          ? "there is no context to keep the session in; noetl context add makes one"
          : `the session is of ${server.url} and is not kept in context ${context.name}, which is another server`,
      );
    }

    const lines = [
      `logged in at ${server.url}${email === null ? "" : ` as ${email}`}`,
      `  Session  ${maskedToken(secret)}${until === null ? "" : `, until ${until}`}`,
      `  Kept in  ${saved ? `context ${context.name}` : "nothing"}`,
      ...(flags["print-token"] ? [secret] : []),
    ];
    this.show(lines.join("\n"));
    return {
      gateway_url: server.url,
      saved_context: saved ? context.name : null,
      user: email,
      expires_at: until,
      session_token: flags["print-token"] ? secret : maskedToken(secret),
    };
  }
}
