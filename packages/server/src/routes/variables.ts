import { isObject, type Json, type JsonObject, NoetlError } from "@noetl/core";
import type { Variable, VariableType } from "@noetl/store";
import { z } from "zod";
import type { ServerContext } from "../context.ts";
import { type Route, route } from "../http/route.ts";
import { id, object } from "../http/schemas.ts";
import { timeOf } from "../wire/times.ts";

const TYPES: readonly string[] = ["user_defined", "step_result", "computed", "iterator_state"];

interface NewVariable {
  name: string;
  value: Json;
  type: VariableType;
  source_step?: string;
}

/** server-api §2.12 */
export function variableRoutes(context: ServerContext): Route[] {
  const { store } = context;
  const ofRun = z.object({ execution_id: id });
  const one = ofRun.extend({ name: z.string().min(1) });
  return [
    route("GET", "/api/vars/:execution_id", {
      tag: "variables",
      summary: "Values kept beside an execution",
      params: ofRun,
      async handle({ params: { execution_id } }) {
        const found = await store.variables.list(execution_id);
        const variables = Object.fromEntries(found.map((variable) => [variable.name, variableWire(variable)]));
        return { execution_id, variables, count: found.length };
      },
    }),
    route("GET", "/api/vars/:execution_id/:name", {
      tag: "variables",
      summary: "One value",
      params: one,
      async handle({ params: { execution_id, name } }) {
        const found = await store.variables.get(execution_id, name);
        if (!found)
          throw new NoetlError(
            "not_found",
            "VARIABLE_NOT_FOUND",
            `execution ${execution_id} has no variable '${name}'`,
          );
        return { execution_id, var_name: name, ...variableWire(found) };
      },
    }),
    route("POST", "/api/vars/:execution_id", {
      tag: "variables",
      summary: "Set values: a map, a list of records, or the body itself",
      params: ofRun,
      body: object,
      async handle({ params: { execution_id }, body }) {
        const variables = read(body);
        await store.variables.put(execution_id, variables);
        const var_names = variables.map(({ name }) => name);
        return { execution_id, variables_set: variables.length, var_names, status: "ok" };
      },
    }),
    route("DELETE", "/api/vars/:execution_id/:name", {
      tag: "variables",
      summary: "Forget one value",
      params: one,
      async handle({ params: { execution_id, name } }) {
        return { execution_id, var_name: name, deleted: (await store.variables.delete(execution_id, name)) > 0 };
      },
    }),
    route("DELETE", "/api/vars/:execution_id", {
      tag: "variables",
      summary: "Forget all values",
      params: ofRun,
      async handle({ params: { execution_id } }) {
        return { execution_id, deleted_count: await store.variables.delete(execution_id) };
      },
    }),
  ];
}

/** Three bodies are in the wild. */
function read(body: JsonObject): NewVariable[] {
  const { variables } = body;
  if (Array.isArray(variables)) {
    return variables.map((item) => {
      if (!isObject(item) || typeof item.var_name !== "string") {
        throw new NoetlError("validation", "E_REQUEST", "each of variables needs var_name");
      }
      return variable(item.var_name, item.var_value as Json, item.var_type, item.source_step);
    });
  }
  const map = isObject(variables) ? (variables as JsonObject) : body;
  const [type, step] = isObject(variables) ? [body.var_type, body.source_step] : [];
  return Object.entries(map).map(([name, value]) => variable(name, value, type, step));
}

function variable(name: string, value: Json, type: unknown, step: unknown): NewVariable {
  const word = type ?? "user_defined";
  if (typeof word !== "string" || !TYPES.includes(word)) {
    throw new NoetlError("validation", "E_REQUEST", `var_type '${String(word)}' is none of ${TYPES.join(", ")}`);
  }
  return {
    name,
    value: value ?? null,
    type: word as VariableType,
    ...(typeof step === "string" ? { source_step: step } : {}),
  };
}

function variableWire(variable: Variable) {
  const { value, type, source_step, access_count } = variable;
  return {
    value,
    type,
    source_step,
    created_at: timeOf(variable.created_at),
    accessed_at: timeOf(variable.accessed_at),
    access_count,
  };
}
