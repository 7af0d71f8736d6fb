import type { Json } from "@noetl/core";

const FLAG =
  /^(test_passed|success|all_passed|all_valid|all_checks_passed|passed|verified|extraction_verified|retry_worked)$/;

/** Every flag of this kind in the results that is false, as `path = value`. */
export function falseFlags(value: Json, path = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => falseFlags(item, `${path}[${index}]`));
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const at = path === "" ? key : `${path}.${key}`;
    return FLAG.test(key) && item === false ? [`${at} = false`] : falseFlags(item, at);
  });
}
