import type { SetEntry } from "../model.ts";
import type { Role } from "../sites/sites.ts";
import { type CheckedSite, FIRST } from "./checked-site.ts";

const DURABLE: ReadonlySet<Role> = new Set(["task-set", "rule-set", "step-set", "arc-set", "arc-input", "vars"]);

const HINT = "read keychain or token() in the config of the tool that needs it";

/** What `set` keeps is stored, and secrets are not (DSL §9.3.4). A local of a pipeline is forgotten with it. */
export function checkSecrets(site: CheckedSite): void {
  if (!site.template.deferred) return;
  if (site.role === "workload") {
    // Stored with the start of the run, hence never resolved (DSL §6, §8.9): who reads it gets the braces.
    site.report.warn("W_SECRET_PERSIST", site.where(FIRST), "a secret in the workload stays unresolved text", HINT);
    return;
  }
  if (!DURABLE.has(site.role)) return;
  if (site.role === "task-set" && (site.holder as Partial<SetEntry>).scope === "local") return;
  const message = "a secret must not be stored in a variable";
  if (site.report.profile === "strict") site.report.error("E_SECRET_PERSIST", site.where(FIRST), message, HINT);
  else site.report.warn("W_SECRET_PERSIST", site.where(FIRST), `${message}; it is stored as ***`, HINT);
}
