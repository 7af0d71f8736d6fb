import type { Environment, ServerFlags } from "@noetl/sdk";
import { version } from "../conduct/version.ts";
import type { Check } from "./check.ts";
import { checkConfig, checkData, checkServer } from "./data.ts";
import { checkPrograms } from "./machine.ts";
import { checkPlugins } from "./plugins.ts";
import { checkProgram } from "./program.ts";
import { checkNats, checkPostgres } from "./services.ts";
import { checkTools } from "./tools.ts";
import { checkUpdate } from "./update.ts";

export interface Diagnosis {
  healthy: boolean;
  checks: Check[];
}

/** Looks at everything a run on this machine needs; changes nothing. */
export async function diagnose(env: Environment, flags: ServerFlags): Promise<Diagnosis> {
  const config = await checkConfig(env, flags);
  const [update, data, programs, server, postgres, nats, plugins] = await Promise.all([
    checkUpdate(version().version),
    checkData(env),
    checkPrograms(env),
    config.server ? checkServer(config.server) : undefined,
    checkPostgres(env),
    checkNats(env),
    checkPlugins(env),
  ]);
  const checks = [
    checkProgram(env),
    ...(update ? [update] : []),
    config.check,
    data,
    ...(server ? [server] : []),
    postgres,
    nats,
    ...programs,
    checkTools(env),
    plugins,
  ];
  return { healthy: checks.every(({ status }) => status !== "fail"), checks };
}
