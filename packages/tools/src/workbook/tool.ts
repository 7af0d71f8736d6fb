import { defineTool, field } from "../config/index.ts";
import { failed } from "../outcome.ts";

/** The language replaces a workbook reference by the named task (DSL §10), so that one is executed only by mistake. */
export const workbookTool = defineTool({
  kind: "workbook",
  summary: "runs a task of the playbook's workbook section",
  config: () => field.object({ name: field.word("name of the task in `workbook`") }),
  required: [["name"]],
  effects: "unknown",
  resultSummary: "that of the named task",
  run: (config) =>
    failed("configuration", `workbook task '${config.name}' was not resolved before the run`, {
      code: "WORKBOOK_UNRESOLVED",
    }),
});
