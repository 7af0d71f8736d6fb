import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";

/** Checks documents against the schemas of the commands, `noetl.catalog.list/1` → `catalog.list.json`. */
export function documentChecker(folder: string): (document: unknown) => void {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
  const known = new Map<string, ValidateFunction>();
  return (document) => {
    const name = schemaOf(document);
    const file = name && join(folder, `${name}.json`);
    if (!file || !existsSync(file)) return;
    const validate = known.get(name) ?? ajv.compile(JSON.parse(readFileSync(file, "utf8")) as object);
    known.set(name, validate);
    if (!validate(document)) {
      throw new Error(
        `the document is not as ${name}.json says: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(document)}`,
      );
    }
  };
}

function schemaOf(document: unknown): string | undefined {
  if (typeof document !== "object" || document === null || !("schema" in document)) return undefined;
  return /^noetl\.(.+)\/1$/.exec(String(document.schema))?.[1];
}
