import type { Playbook } from "../model.ts";
import { child, childMap, childText, type MapNode } from "../read/node.ts";
import { suggestion } from "../report/suggest.ts";
import { type Checking, START } from "./context.ts";

/** Metadata, executor and keychain (DSL §4, §5, §9.1). */
export function checkHead(playbook: Playbook, root: MapNode, checking: Checking): void {
  checkPath(root, checking);
  checkExecutor(playbook, childMap(root, "executor"), checking);
  checkKeychain(playbook, checking);
}

function checkPath(root: MapNode, { report }: Checking): void {
  const metadata = childMap(root, "metadata");
  const path = childText(metadata, "path");
  if (path === undefined) {
    if (childText(metadata, "name") === undefined) {
      report.error("E_PATH_MISSING", metadata ?? START, "metadata has neither 'path' nor 'name'");
    }
    return;
  }
  const where = child(metadata, "path") ?? START;
  const segments = path.split("/");
  if (segments.some((segment) => segment === "" || segment === ".." || segment !== segment.trim())) {
    const message = `metadata.path '${path}' is no catalog path`;
    report.error("E_PATH", where, message, "write it as a/b/c, without '/' at either end and without '..'");
  }
}

function checkExecutor(playbook: Playbook, executor: MapNode | undefined, { report, tools, host }: Checking): void {
  const profile = childText(executor, "profile");
  const where = child(executor, "profile") ?? START;
  if (profile !== undefined && profile !== playbook.executor.profile) {
    const hint = suggestion(profile, ["local", "distributed", "auto"]);
    report.warn("W_EXECUTOR_PROFILE", where, `unknown executor profile '${profile}'; 'auto' is used`, hint);
  }
  if (host === "server" && playbook.executor.profile === "local") {
    report.warn("W_EXECUTOR_PROFILE", where, "the playbook is made for local runs (executor.profile: local)");
  }
  const { version } = playbook.executor;
  if (!/^noetl-runtime\/1(\.\d+)*$/.test(version)) {
    const message = `executor.version '${version}' is not noetl-runtime/1`;
    report.warn("W_EXECUTOR_VERSION", child(executor, "version") ?? START, message);
  }
  const names = playbook.workflow.map((step) => step.step);
  const spec = childMap(executor, "spec");
  for (const [key, code] of [
    ["entry_step", "E_ENTRY_STEP"],
    ["final_step", "E_FINAL_STEP"],
  ] as const) {
    const name = playbook.executor.spec[key];
    if (name === undefined || names.includes(name)) continue;
    report.error(code, child(spec, key) ?? START, `executor.spec.${key} '${name}' is no step`, suggestion(name, names));
  }
  const required = child(childMap(executor, "requires"), "tools");
  for (const kind of playbook.executor.requires.tools) {
    if (tools.get(kind) === undefined) {
      report.warn("W_TOOL_UNKNOWN", required ?? START, `executor.requires.tools: unknown tool kind '${kind}'`);
    }
  }
}

function checkKeychain(playbook: Playbook, { report, trace }: Checking): void {
  const seen = new Set<string>();
  for (const entry of playbook.keychain) {
    const where = trace.at(entry, "name") ?? START;
    if (entry.name !== "" && !/^[A-Za-z_]\w*$/.test(entry.name)) {
      report.error("E_KEYCHAIN_NAME", where, `keychain name '${entry.name}' must be an identifier`);
    }
    if (seen.has(entry.name)) report.error("E_KEYCHAIN_DUP", where, `duplicate keychain name '${entry.name}'`);
    seen.add(entry.name);
  }
}
