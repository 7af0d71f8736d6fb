import { secretAudit } from "./audit/audit.ts";
import { sinks } from "./audit/sinks.ts";
import { catalog } from "./catalog/catalog.ts";
import { commands } from "./commands/commands.ts";
import type { Context } from "./context.ts";
import { credentials } from "./credentials/credentials.ts";
import { executions } from "./executions/executions.ts";
import { keychain } from "./keychain/keychain.ts";
import { eventLog } from "./log/log.ts";
import { mirror } from "./mirror/mirror.ts";
import { objects } from "./objects/objects.ts";
import { outbox } from "./outbox/outbox.ts";
import { results } from "./results/results.ts";
import { dedup, leases } from "./runtimes/leases.ts";
import { runtimes } from "./runtimes/runtimes.ts";
import { schedules } from "./schedules/schedules.ts";
import { keyStatus } from "./secrets/key-status.ts";
import { rekey } from "./secrets/rekey.ts";
import { stages } from "./stages/stages.ts";
import type { Store } from "./store.ts";
import { variables } from "./variables/variables.ts";

/** One store from its parts; an adapter may bring faster ones. */
export function assemble(context: Context, faster: Partial<Pick<Store, "log" | "commands">> = {}): Store {
  return {
    log: faster.log ?? eventLog(context),
    executions: executions(context),
    results: results(context),
    credentials: credentials(context),
    commands: faster.commands ?? commands(context),
    outbox: outbox(context),
    catalog: catalog(context),
    keychain: keychain(context),
    variables: variables(context),
    runtimes: runtimes(context),
    schedules: schedules(context),
    leases: leases(context),
    dedup: dedup(context),
    stages: stages(context),
    objects: objects(context),
    secretAudit: secretAudit(context),
    sinks: sinks(context),
    mirror: mirror(context),
    dialect: context.db.dialect,
    pool: () => context.db.pool(),
    query: (input) => context.db.query(input),
    rekey: (options) => rekey(context, options),
    keyStatus: () => keyStatus(context),
    migrate: () => context.db.migrate(),
    close: () => context.db.close(),
  };
}
