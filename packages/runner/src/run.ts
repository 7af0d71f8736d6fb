import type { JsonObject } from "@noetl/core";
import { initialize, type LogEvent, type PlaybookInitialized } from "@noetl/engine";
import { planOf } from "@noetl/playbook";
import { visibleEnvironment } from "./environment.ts";
import { claimRun } from "./liveness.ts";
import { InvalidPlaybook, type Loaded, loadFile, loadText } from "./load.ts";
import type { Host, RunOptions, RunOutcome } from "./options.ts";
import { outcomeOf } from "./outcome.ts";
import { checkRequirements, requireStep } from "./requirements.ts";
import { earlierRun } from "./resume/earlier.ts";
import { createExecution } from "./session/children.ts";
import { openSession } from "./session/session.ts";
import { openShared } from "./session/shared.ts";

/**
 * Runs a playbook file to its end in this process (DSL §23). Resolves with the outcome whatever it is; rejects, before
 * anything ran, with `validation` (InvalidPlaybook, requirements, target), `not_found` (file, nothing to resume) or when
 * the log cannot be written.
 */
export async function runPlaybook(host: Host, options: RunOptions): Promise<RunOutcome> {
  const observer = options.observer ?? {};
  const loaded = await load(host, options);
  observer.diagnostics?.(loaded.diagnostics, options.file, loaded.text);
  if (options.resume?.from !== undefined) requireStep(loaded, options.resume.from);
  const earlier = options.resume ? await earlierRun(host, loaded, options.resume) : undefined;
  const target = options.target ?? earlier?.first.target;
  const skipUnsupported = options.skipUnsupported ?? false;
  checkRequirements(loaded, host.registry, { skipUnsupported, ...(target === undefined ? {} : { target }) });

  const executionId = host.ids.next();
  const payload: JsonObject = { ...earlier?.first.payload, ...options.payload };
  const started = initialize(loaded.plan, {
    payload,
    merge: options.merge ?? "shallow",
    env: visibleEnvironment(loaded.text, host.env),
    now: host.clock.now(),
    execution_id: executionId,
    root_execution_id: executionId,
    depth: 0,
    definition: loaded.definition,
    ...(target === undefined ? {} : { target }),
    ...(earlier ? { resumed_from: earlier.executionId } : {}),
  });
  const { from, keepChanged } = options.resume ?? {};
  const initialized: PlaybookInitialized = earlier
    ? {
        ...started,
        resume: { ...(from === undefined ? {} : { from }), ...(keepChanged ? { keep_changed: true } : {}) },
      }
    : started;
  const { concurrency = 16, inheritWorkload } = options;
  const shared = openShared(host, { concurrency, observer, skipUnsupported, inheritWorkload });
  const release = await claimRun(host, executionId);
  try {
    await createExecution(shared, executionId, loaded, initialized);
    const resumed = earlier ? { resumed: earlier } : {};
    const session = openSession({ shared, loaded, executionId, initialized, ...resumed });
    const cancel = () => session.cancel("cancelled by the user");
    options.signal?.addEventListener("abort", cancel, { once: true });
    if (options.signal?.aborted) cancel();
    await session.drive();
    options.signal?.removeEventListener("abort", cancel);
    if (earlier) observer.reuse?.(earlier.memo.report(), session.info);
    return await outcomeOf(shared, session.run.view(), session.info, earlier?.executionId);
  } finally {
    await shared.resources.close();
    await release();
  }
}

async function load(host: Host, options: RunOptions): Promise<Loaded> {
  const loaded =
    options.text === undefined
      ? await loadFile(options.file, host.registry)
      : loadText(options.text, { file: null, shown: options.file, registry: host.registry });
  if (options.timeoutMs === undefined) return loaded;
  // `--timeout` is the playbook's own limit, lowered for this run.
  const { limits } = loaded.playbook.executor.spec.policy;
  const own = Number(limits.timeout_seconds ?? Number.POSITIVE_INFINITY);
  limits.timeout_seconds = Math.min(Number.isNaN(own) ? Number.POSITIVE_INFINITY : own, options.timeoutMs / 1_000);
  return { ...loaded, plan: planOf(loaded.playbook) };
}

export type { LogEvent };
export { InvalidPlaybook };
