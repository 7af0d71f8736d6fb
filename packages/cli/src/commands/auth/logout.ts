import { NoetlError } from "@noetl/core";
import { BaseCommand, editContexts, effectiveContext } from "@noetl/sdk";

export default class AuthLogout extends BaseCommand {
  static override description = "Forgets the session of the context.";

  async run(): Promise<unknown> {
    const { flags } = await this.parse(AuthLogout);
    const done = await editContexts(this.env, (draft) => {
      const context = effectiveContext(flags.context, draft.file);
      if (!context) {
        throw new NoetlError("not_found", "CONTEXT_NOT_FOUND", "there is no current context", {
          hint: "name one: --context NAME",
        });
      }
      draft.put(context.name, { sessionToken: null, sessionExpiresAt: null });
      return { context: context.name, had_session: context.sessionToken !== undefined };
    });
    this.show(done.had_session ? `logged out of ${done.context}` : `${done.context} had no session`);
    return done;
  }
}
