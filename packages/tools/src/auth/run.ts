import { done, failed } from "../outcome.ts";
import { type CliAnswer, gcloud } from "../process/cloud-cli.ts";
import type { ToolCall, ToolDone } from "../tool.ts";
import type { AuthConfig } from "./tool.ts";

export async function runAuth(config: AuthConfig, call: ToolCall): Promise<ToolDone> {
  const { provider = "adc" } = config;
  const answer = await tokenOf(provider, config, call);
  if (!answer.ok) return answer.outcome;
  call.env.addSecret(answer.stdout);
  const auth = { token: answer.stdout, provider, project: await projectOf(provider, config, call) };
  return done(auth, { ctx: { auth } });
}

async function tokenOf(provider: string, { token, scopes = [] }: AuthConfig, call: ToolCall): Promise<CliAnswer> {
  if (provider === "token") {
    return token ? { ok: true, stdout: token } : refused("auth: provider 'token' needs `token`");
  }
  const scope = scopes.length > 0 ? [`--scopes=${scopes.join(",")}`] : [];
  const from = provider === "adc" ? ["application-default"] : [];
  const answer = await gcloud(["auth", ...from, "print-access-token", ...scope], call);
  return answer.ok && answer.stdout === "" ? refused("auth: gcloud printed no token") : answer;
}

/** The CLI's project is a convenience: without one the token is as good. */
async function projectOf(provider: string, { project }: AuthConfig, call: ToolCall): Promise<string | null> {
  if (project || provider === "token") return project ?? null;
  const answer = await gcloud(["config", "get-value", "project"], call);
  return answer.ok && answer.stdout !== "" && answer.stdout !== "(unset)" ? answer.stdout : null;
}

function refused(message: string): { ok: false; outcome: ToolDone } {
  return { ok: false, outcome: failed("configuration", message, { code: "CONFIG_INVALID" }) };
}
