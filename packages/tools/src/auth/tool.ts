import { type ConfigOf, defineTool, field } from "../config/index.ts";

const config = () =>
  field.object({
    provider: field.choice(["adc", "gcp", "google", "token"], "where the token comes from; adc by default").optional(),
    scopes: field.textList("OAuth scopes").optional(),
    project: field.text("project; by default that of the CLI's configuration").optional(),
    token: field.text("the token itself, for provider token").optional(),
  });

export type AuthConfig = ConfigOf<typeof config>;

/** Gets a token through the cloud CLI of this machine and binds it to `ctx.auth`, in memory only (DSL §23.5). */
export const authTool = defineTool({
  kind: "auth",
  summary: "gets an access token through the installed cloud CLI",
  config,
  positions: { project: "text", token: "text" },
  effects: "read",
  resultSummary: "{token, provider, project}; also as ctx.auth",
  // Loaded at the first call: most commands never make one.
  run: async (config, call) => (await import("./run.ts")).runAuth(config, call),
});
