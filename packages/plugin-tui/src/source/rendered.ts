import { isNoetlError, type Json, type JsonObject } from "@noetl/core";
import type { StepInputs } from "./port.ts";
import type { StepTemplates } from "./step-templates.ts";

/** What cannot be rendered is given as it is written. */
export async function rendered(
  { templates, loop }: StepTemplates,
  item: number,
  render: (template: Json, extra: JsonObject) => Promise<Json>,
): Promise<StepInputs> {
  try {
    // Templates of a call see how often it was tried: here as at the first time.
    const extra: JsonObject = { _attempt: 1 };
    if (loop) {
      const items = await render(loop.in, {});
      if (Array.isArray(items)) extra[loop.iterator] = items[item] ?? null;
    }
    return { rendered: true, value: await render(templates, extra) };
  } catch (error) {
    if (!isNoetlError(error) || error.meaning === "unavailable" || error.meaning === "cancelled") throw error;
    return { rendered: false, value: templates, why: error.message };
  }
}
