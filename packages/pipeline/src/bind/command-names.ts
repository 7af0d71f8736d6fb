import type { Json } from "@noetl/core";
import type { Command } from "@noetl/engine";
import { namesOf } from "@noetl/scope";
import type { Names } from "@noetl/template";

/** Names of a command before any of its tasks: limits of the step, the frame, the keychain read these. */
export function commandNames(
  command: Pick<Command, "context">,
  engine: Record<string, unknown>,
  bodies: ReadonlyMap<string, Json>,
): Names {
  const { ctx, workload, steps } = command.context;
  return namesOf({
    ctx,
    workload,
    engine,
    result: (step) => (Object.hasOwn(steps, step) ? steps[step] : undefined),
    stepNames: () => Object.keys(steps),
    body: (ref) => bodies.get(ref),
  });
}
