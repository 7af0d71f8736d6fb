import type { Playbook } from "../model.ts";
import { planOf } from "../plan/plan.ts";
import type { MapNode } from "../read/node.ts";
import { checkChildren } from "./children.ts";
import type { Checking } from "./context.ts";
import { checkHead } from "./head.ts";
import { checkLoops } from "./loops.ts";
import { checkRouting } from "./routing.ts";
import { checkSets } from "./sets.ts";
import { checkSteps } from "./steps.ts";
import { checkTemplates } from "./templates.ts";

/** Everything that shapes cannot say (DSL §24.4): names, targets, loops, templates, lints. */
export function checkPlaybook(playbook: Playbook, root: MapNode, source: string, checking: Checking): void {
  checkHead(playbook, root, checking);
  checkSteps(playbook, checking);
  checkLoops(playbook, checking);
  checkSets(playbook, checking);
  checkTemplates(playbook, source, checking);
  checkChildren(playbook, checking);
  if (playbook.workflow.length > 0) checkRouting(playbook, planOf(playbook, checking.tools), checking);
}
