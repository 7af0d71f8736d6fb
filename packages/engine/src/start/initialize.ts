import { type ErrorInfo, type JsonObject, NoetlError } from "@noetl/core";
import type { Plan } from "@noetl/playbook";
import { templateCache } from "@noetl/scope";
import { uuidFrom } from "../decide/uuid.ts";
import type { PlaybookInitialized } from "../events.ts";
import { renderVars, renderWorkload } from "./workload.ts";

/** Runs that call runs (DSL §20). */
const MAX_DEPTH = 32;

export interface InitializeOptions {
  payload: JsonObject;
  /** how the payload covers the document's workload; default `shallow` (DSL §6) */
  merge?: "shallow" | "deep";
  /** environment names that templates may see */
  env: { [name: string]: string };
  /** ms since 1970: `now()` in workload templates */
  now: number;
  execution_id: string;
  /** catalog path; default: the playbook's own */
  path?: string;
  version?: string | null;
  catalog_id?: string | null;
  parent?: { execution_id: string; command_id: string; step: string };
  /** default: this run */
  root_execution_id?: string;
  depth?: number;
  /** step to start with */
  target?: string;
  server_url?: string;
  resumed_from?: string;
  /** sha-256 of the playbook text */
  definition: string;
  /** variables that the run starts with, over those of the legacy root `vars` */
  ctx?: JsonObject;
}

/**
 * The first event of a run: the workload is rendered and frozen (DSL §6). Throws NoetlError `validation`: a template of
 * the workload fails (E_TPL_…), no such target (E_TARGET_STEP), runs nested too deeply (E_LIMIT_DEPTH).
 */
export function initialize(plan: Plan, options: InitializeOptions): PlaybookInitialized {
  const { playbook } = plan;
  const { target, payload, env, execution_id: id } = options;
  if ((options.depth ?? 0) > MAX_DEPTH) {
    throw new NoetlError("validation", "E_LIMIT_DEPTH", `playbooks call each other more than ${MAX_DEPTH} deep`, {
      hint: "a playbook that calls itself needs a condition that ends it",
    });
  }
  if (target !== undefined && !plan.steps.has(target)) {
    throw new NoetlError(
      "validation",
      "E_TARGET_STEP",
      `playbook '${playbook.metadata.name}' has no step '${target}'`,
      {
        hint: `its steps are ${[...plan.steps.keys()].slice(0, 20).join(", ")}`,
      },
    );
  }
  let uuids = 0;
  const site = {
    templates: templateCache(),
    render: { now: () => options.now, uuid: () => uuidFrom(`${id}/0/${uuids++}`) },
    engine: engineNames(options),
  };
  const workload = renderWorkload(playbook.workload, payload, options.merge ?? "shallow", site);
  const vars = renderVars(playbook.vars ?? {}, workload, site);
  return { ...base(plan, options), workload, env, ctx: { ...vars, ...options.ctx } };
}

/**
 * The first event of a run that cannot start, so that it too has a log and one terminal event: the engine goes on to
 * `playbook.failed` with this error.
 */
export function refuse(plan: Plan, options: InitializeOptions, error: ErrorInfo): PlaybookInitialized {
  return { ...base(plan, options), workload: {}, env: {}, ctx: {}, error };
}

function base(plan: Plan, options: InitializeOptions): Omit<PlaybookInitialized, "workload" | "env" | "ctx"> {
  const { metadata } = plan.playbook;
  const { target, parent, server_url, resumed_from } = options;
  return {
    type: "playbook.initialized",
    path: options.path ?? metadata.path,
    name: metadata.name,
    version: options.version ?? null,
    catalog_id: options.catalog_id ?? null,
    payload: options.payload,
    root_execution_id: options.root_execution_id ?? options.execution_id,
    depth: options.depth ?? 0,
    definition: options.definition,
    ...(target === undefined ? {} : { target }),
    ...(parent === undefined ? {} : { parent }),
    ...(server_url === undefined ? {} : { server_url }),
    ...(resumed_from === undefined ? {} : { resumed_from }),
  };
}

function engineNames(options: InitializeOptions): JsonObject {
  const { execution_id: id, payload, env } = options;
  return { env, execution_id: id, job: { uuid: id, execution_id: id, id }, payload, input: payload };
}
