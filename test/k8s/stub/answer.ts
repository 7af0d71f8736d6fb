export type Answer = readonly [status: number, body: object];

export function failure(code: number, reason: string, message: string, details: object = {}): Answer {
  return [code, { kind: "Status", apiVersion: "v1", status: "Failure", reason, message, code, details }];
}

export function conflict(conflicts: readonly { manager: string; fields: string[] }[]): Answer {
  const all = conflicts.flatMap(({ manager, fields }) => fields.map((field) => ({ manager, field })));
  const [first] = all;
  const message =
    all.length === 1 && first
      ? `Apply failed with 1 conflict: conflict with ${first.manager}: ${first.field}`
      : `Apply failed with ${all.length} conflicts: ${conflicts.map(({ manager, fields }) => `conflicts with ${manager}:\n${fields.map((field) => `- ${field}`).join("\n")}`).join("\n")}`;
  const causes = all.map(({ manager, field }) => ({
    reason: "FieldManagerConflict",
    message: `conflict with ${manager}`,
    field,
  }));
  return failure(409, "Conflict", message, { causes });
}
