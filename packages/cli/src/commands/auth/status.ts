import { BaseCommand, EXIT } from "@noetl/sdk";
import { maskedToken } from "../../auth/given-token.ts";

export default class AuthStatus extends BaseCommand {
  static override description =
    "Shows which session would be used, and whether it has ended. Exit code 77 when there is none that works.";

  async run(): Promise<unknown> {
    const { flags } = await this.parse(AuthStatus);
    const { url, context, endpoint, tokenSource } = await this.server(flags);
    const until = tokenSource === "context" ? (context?.sessionExpiresAt ?? null) : null;
    const expired = until !== null && Date.parse(until) < Date.now();
    const session = endpoint.token === undefined ? null : maskedToken(endpoint.token);
    this.show(
      session === null
        ? `${url}: no session`
        : `${url}: ${session} from ${tokenSource}${until === null ? "" : expired ? `, ended at ${until}` : `, until ${until}`}`,
    );
    if (session === null || expired) this.endWith(EXIT.auth);
    return { server_url: url, session, source: tokenSource ?? null, expires_at: until, expired };
  }
}
