import { type Meaning, NoetlError } from "@noetl/core";
import { commandLine, type Ended } from "../exec/index.ts";

interface Reading {
  meaning: Meaning;
  code: string;
  /** of the context */
  hint(context: string): string;
  when: RegExp;
}

/** What kubectl says, by what it means to the edges. The first that fits counts. */
const READINGS: readonly Reading[] = [
  {
    when: /\(Forbidden\)|is forbidden|forbidden:/i,
    meaning: "auth",
    code: "KUBE_FORBIDDEN",
    hint: (context) => `see what you may do there: kubectl --context ${context} auth can-i --list`,
  },
  {
    when: /Unauthorized|must be logged in|provide credentials|certificate has expired|getting credentials/i,
    meaning: "auth",
    code: "KUBE_UNAUTHORIZED",
    hint: (context) => `log in to the cluster of context ${context} anew`,
  },
  {
    when: /connection refused|connection to the server|no such host|i\/o timeout|Unable to connect|TLS handshake|no route to host|context deadline exceeded/i,
    meaning: "unavailable",
    code: "KUBE_UNREACHABLE",
    hint: (context) =>
      context.startsWith("kind-")
        ? `is the cluster running? kind get clusters; docker ps`
        : `does the cluster run? kubectl --context ${context} version`,
  },
  {
    when: /conflicts? with "/,
    meaning: "conflict",
    code: "KUBE_CONFLICT",
    hint: () => "somebody else set these fields; --force-conflicts takes them over",
  },
  {
    when: /no matches for kind|doesn't have a resource type/,
    meaning: "terminal",
    code: "KUBE_KIND_UNKNOWN",
    hint: (context) => `what the cluster knows: kubectl --context ${context} api-resources`,
  },
  {
    when: /\(NotFound\)|not found/,
    meaning: "not_found",
    code: "KUBE_NOT_FOUND",
    hint: (context) => `noetl k8s status --context ${context}`,
  },
];

/** An error that says what was run, where, and what kubectl answered. */
export function kubectlFailure(argv: readonly string[], ended: Ended, context: string): NoetlError {
  const said = spoken(ended.stderr) || ended.stdout.trim();
  const reading = READINGS.find(({ when }) => when.test(said));
  const end = ended.timedOut ? "gave no answer in time" : said || `ended with exit code ${ended.code}`;
  return new NoetlError(
    reading?.meaning ?? (ended.timedOut ? "timeout" : "terminal"),
    reading?.code ?? "KUBECTL_FAILED",
    `context ${context}: ${withoutPrefix(end)}`,
    { hint: reading?.hint(context) ?? `it was: ${commandLine(argv)}` },
  );
}

/** Its log lines (`E1125 19:07:06.677883 …`) repeat what the last line says. */
const spoken = (text: string): string => {
  const lines = text.split("\n").filter((line) => !/^[EWIF]\d{4} \d\d:/.test(line));
  return lines.length > 0 ? lines.join("\n").trim() : text.trim();
};

/** Without the kind of the error, which the code says, and without the long advice about conflicts. */
const withoutPrefix = (text: string): string =>
  text.replace(/\nPlease review the fields above[\s\S]*$/, "").replace(/^(error|Error from server( \(\w+\))?): /gm, "");
