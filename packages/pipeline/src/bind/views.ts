import type { Json } from "@noetl/core";
import { dataView, type Envelope, envelopeView, responseView, stepView } from "@noetl/scope";
import { VIEW, type View } from "@noetl/template";

const NO_BODY = () => undefined;

/** Data of an earlier task under its label: the step result view of DSL §7.4. */
export function labelView(label: string, data: Json): unknown {
  if (data === null) return null;
  return stepView({ step: label, run: 0, status: "ok", data }, NO_BODY);
}

/** `results`: the same views by label. */
export function resultsView(results: { [label: string]: Json }): View {
  return {
    [VIEW]: true,
    attribute: (key) => {
      const data = Object.hasOwn(results, key) ? results[key] : undefined;
      return data === undefined ? undefined : labelView(String(key), data);
    },
    native: () => results,
    sequence: () => results,
  };
}

/** `output` and its aliases in policy rules: the envelope (DSL §7.5 A). */
export function siteA(envelope: Envelope): Record<string, unknown> {
  const view = envelopeView(envelope, NO_BODY);
  const response = responseView(envelope, NO_BODY);
  return { output: view, outcome: view, result: view, response, error: envelope.error };
}

/** `output` and its aliases in a task's `set`: the raw data (DSL §7.5 B). */
export function siteB(envelope: Envelope): Record<string, unknown> {
  const view = dataView(envelope, NO_BODY);
  return { output: view, outcome: view, result: view, response: view, error: envelope.error };
}
