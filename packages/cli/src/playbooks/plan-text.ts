import type { Needed, PlanReport, PlanStep } from "@noetl/playbook";
import { count, type Palette, palette, table } from "@noetl/sdk";

/** The plan of a playbook for people: the steps in order, then what they need and what is doubtful. */
export function planText(plan: PlanReport, paint: Palette = palette(false)): string {
  const { steps, entry, final_step } = plan;
  const head = [
    `${paint.bold(plan.name)}  ${paint.dim(`${plan.path}, ${count(steps.length, "step")}, starts at ${entry}`)}`,
    ...(plan.description ? [plan.description] : []),
  ];
  const rows = steps.map((step) => [step.step, toolText(step), step.effect, nextText(step, final_step)]);
  const sections = [
    section(
      "Tools",
      plan.tools.map(
        ({ kind, available, steps }) => `${kind}${available ? "" : " (not available)"}: ${steps.join(", ")}`,
      ),
    ),
    section("Credentials", plan.credentials.map(neededText)),
    section("Environment", plan.env.map(neededText)),
    section(
      "Keychain",
      plan.keychain.map(({ name, kind, steps }) => `${name} (${kind}): ${steps.join(", ") || "not read"}`),
    ),
    section("Playbooks", plan.playbooks.map(neededText)),
    section(
      "Loops",
      plan.loops.map(({ step, iterator, over, mode, max_in_flight }) =>
        loopText(step, iterator, over, mode, max_in_flight),
      ),
    ),
    section("Joins", plan.joins),
    section(
      "Cycles",
      plan.cycles.map(({ from, to }) => `${from} back to ${to}`),
    ),
    section("Never run", plan.unreachable),
    section(
      "Doubtful",
      plan.unresolved.map(
        ({ step, reads, template }) =>
          `${step || "playbook"} reads ${reads}, which nothing defines: ${template.trim()}`,
      ),
    ),
  ].flat();
  return [...head, "", table(["step", "tool", "effect", "next"], rows), ...sections].join("\n");
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];
}

function toolText({ tasks, loop, guard }: PlanStep): string {
  const kinds = tasks.map(({ kind, available }) => (available ? kind : `${kind}!`)).join(" → ") || "-";
  return `${kinds}${loop ? " for each" : ""}${guard ? ` if ${guard}` : ""}`;
}

function nextText({ step, next, mode, unreachable }: PlanStep, finalStep: string | undefined): string {
  if (step === finalStep) return "(runs last)";
  if (unreachable) return "(never runs)";
  const arcs = next.map(({ to, when, back }) => `${to.join(" + ")}${back ? " ↺" : ""}${when ? ` if ${when}` : ""}`);
  return arcs.join(mode === "inclusive" ? " and " : ", else ");
}

function neededText({ name, steps, template }: Needed): string {
  return `${name}${template ? " (known when it runs)" : ""}${steps.length > 0 ? `: ${steps.join(", ")}` : ""}`;
}

function loopText(
  step: string,
  iterator: string,
  over: string,
  mode: string,
  inFlight: number | string | undefined,
): string {
  return `${step}: ${iterator} in ${over}, ${mode}${inFlight === undefined ? "" : `, ${inFlight} at a time`}`;
}
