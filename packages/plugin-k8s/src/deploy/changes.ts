import { NoetlError } from "@noetl/core";
import { kubectlFailure } from "../cluster/failure.ts";
import type { Kubectl, KubeObject } from "../cluster/kubectl.ts";
import { FIELD_MANAGER, isForbidden } from "./apply.ts";
import { stream } from "./objects.ts";

export interface Change {
  kind: string;
  name: string;
  namespace: string | null;
  change: "create" | "update";
}

export interface Changes {
  changes: Change[];
  /** a unified diff; values of Secrets are masked by kubectl */
  text: string;
}

/** What applying would change, asked of the server itself (a dry run there). Objects in namespaces that are not there are new. */
export async function changesOf(kubectl: Kubectl, objects: readonly KubeObject[]): Promise<Changes> {
  const missing = await missingNamespaces(kubectl, objects);
  const isNew = ({ kind, metadata }: KubeObject) =>
    missing.has(kind === "Namespace" ? metadata.name : (metadata.namespace ?? ""));
  const created = objects.filter(isNew);
  const asked = objects.filter((object) => !isNew(object));
  const text = await diff(kubectl, asked).catch((error: unknown) => {
    // Many may change what is in a namespace, but not the namespace.
    if (!isForbidden(error)) throw error;
    return diff(
      kubectl,
      asked.filter(({ kind }) => kind !== "Namespace"),
    );
  });
  const updated = asked.flatMap((object) => changeIn(text, object) ?? []);
  return { changes: [...created.map((object) => changeOf(object, "create")), ...updated], text };
}

async function diff(kubectl: Kubectl, objects: readonly KubeObject[]): Promise<string> {
  if (objects.length === 0) return "";
  const args = ["diff", "--server-side", `--field-manager=${FIELD_MANAGER}`, "--force-conflicts", "-f", "-"];
  const ended = await kubectl.attempt(args, { input: stream(objects), reads: true });
  // 1 says that there are differences; the error of a diff that is not there comes as 1, too.
  if (ended.code === 0) return "";
  if (ended.code === 1 && !/^error: /m.test(ended.stderr)) return ended.stdout;
  if (/executable file not found/.test(ended.stderr)) {
    throw new NoetlError("validation", "DIFF_MISSING", "kubectl diff needs a program 'diff' on the PATH", {
      hint: "install diffutils, or name one with KUBECTL_EXTERNAL_DIFF",
    });
  }
  throw kubectlFailure(kubectl.argv(args), ended, kubectl.context);
}

async function missingNamespaces(kubectl: Kubectl, objects: readonly KubeObject[]): Promise<Set<string>> {
  const names = [...new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []))];
  const args = ["get", "namespace", ...names, "--ignore-not-found", "-o", "name"];
  const { stdout } = await kubectl.run(args, { reads: true });
  const there = new Set(stdout.split("\n").map((line) => line.replace("namespace/", "")));
  return new Set(names.filter((name) => !there.has(name)));
}

/** kubectl names its files `group.version.Kind.namespace.name`; a file that is empty before is a new object. */
function changeIn(text: string, object: KubeObject): Change | undefined {
  const { metadata, kind } = object;
  const end = `.${kind}.${metadata.namespace ?? ""}.${metadata.name}`;
  const lines = text.split("\n");
  const at = lines.findIndex((line) => line.startsWith("diff ") && line.endsWith(end));
  if (at < 0) return undefined;
  const hunk = lines.slice(at + 1).find((line) => line.startsWith("@@"));
  return changeOf(object, hunk?.startsWith("@@ -0,0 ") ? "create" : "update");
}

function changeOf(object: KubeObject, change: Change["change"]): Change {
  const { kind, metadata } = object;
  return { kind, name: metadata.name, namespace: metadata.namespace ?? null, change };
}

/** One line for a change. */
export function changeText({ kind, name, namespace, change }: Change): string {
  return `${change === "create" ? "+" : "~"} ${kind} ${name}${namespace === null ? "" : ` (${namespace})`}`;
}
