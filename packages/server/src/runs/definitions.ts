import { createHash } from "node:crypto";
import { NoetlError } from "@noetl/core";
import { type Diagnostic, type Plan, parsePlaybook, planOf, type ToolCatalog } from "@noetl/playbook";

/** Parsed playbooks by the hash of their text: text never changes, so neither does what it means. */
export interface Definitions {
  /** Meaning `validation`, data `{diagnostics}`, when the text is no valid playbook. */
  plan(text: string, sha256: string): Plan;
}

export function sha256Of(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

export class InvalidDefinition extends NoetlError {
  readonly diagnostics: Diagnostic[];
  constructor(diagnostics: Diagnostic[]) {
    const errors = diagnostics.filter((found) => found.severity === "error");
    super("validation", "validation_failed", errors[0]?.message ?? "the playbook is not valid", {
      hint: errors.length > 1 ? `${errors.length} errors in all` : errors[0]?.hint,
    });
    this.diagnostics = diagnostics;
  }
}

export function openDefinitions(tools: ToolCatalog, limit = 500): Definitions {
  const plans = new Map<string, Plan>();
  return {
    plan(text, sha256) {
      const known = plans.get(sha256);
      if (known) {
        // Moved to the end: the first one is always the least recently used.
        plans.delete(sha256);
        plans.set(sha256, known);
        return known;
      }
      const { playbook, diagnostics } = parsePlaybook(text, { tools, host: "server" });
      if (!playbook) throw new InvalidDefinition(diagnostics);
      const plan = planOf(playbook);
      plans.set(sha256, plan);
      for (const oldest of plans.keys()) {
        if (plans.size <= limit) break;
        plans.delete(oldest);
      }
      return plan;
    },
  };
}
