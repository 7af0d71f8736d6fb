import type { Playbook, Step } from "./model.ts";

/** Static facts about a workflow (DSL §18.2), computed once per playbook. Functions `planOf(playbook)` builds it. */
export interface Plan {
  readonly playbook: Playbook;
  readonly steps: ReadonlyMap<string, PlannedStep>;
  /** decision 25; never undefined: a workflow has at least one step */
  readonly entry: string;
  readonly finalStep: string | undefined;
  /** steps no arc path reaches from the entry */
  readonly unreachable: readonly string[];
  /** some arc goes to `end` though no such step exists */
  readonly implicitEnd: boolean;
}

export interface PlannedStep {
  readonly step: Step;
  /** sources of forward (non-back) edges into this step */
  readonly preds: ReadonlySet<string>;
  /** targets of edges from this step that are back-edges */
  readonly backEdges: ReadonlySet<string>;
  /** transitive closure over forward edges, without the step itself */
  readonly reach: ReadonlySet<string>;
  /** root names that the worker side of the step reads (tasks, step input, loop body); `"*"` = everything (bare `ctx`/`steps`, python `context`) */
  readonly roots: ReadonlySet<string>;
}
