/** A playbook document around steps, for tests. `head` lines come before `workflow`. */
export function book(steps: string, head = ""): string {
  return [
    "apiVersion: noetl.io/v2",
    "kind: Playbook",
    "metadata: {name: t, path: t/t}",
    ...(head === "" ? [] : [undent(head)]),
    "workflow:",
    undent(steps),
    "",
  ].join("\n");
}

/** Takes the common indentation and the empty first and last lines away. */
export function undent(text: string): string {
  const lines = text
    .replace(/^\n/, "")
    .replace(/\n\s*$/, "")
    .split("\n");
  const indents = lines.filter((line) => line.trim() !== "").map((line) => line.length - line.trimStart().length);
  const cut = Math.min(...indents, 80);
  return lines.map((line) => line.slice(cut)).join("\n");
}
