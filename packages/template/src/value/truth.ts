import type { View } from "../types.ts";
import { TOLERANT, VIEW } from "../types.ts";

/** Python truthiness (DSL §8.3): false, nil, 0, '', [], {} are false; the text 'false' is true. */
export function truthy(value: unknown): boolean {
  switch (typeof value) {
    case "boolean":
      return value;
    case "string":
      return value !== "";
    case "number":
      return value !== 0;
    case "bigint":
      return value !== 0n;
    case "object":
      return value !== null && truthyObject(value);
    default:
      return false;
  }
}

function truthyObject(value: object): boolean {
  if (Array.isArray(value)) return value.length > 0;
  const special = value as Partial<View> & { [TOLERANT]?: true; text?: string };
  if (special[VIEW] === true) {
    const view = value as View;
    return view.truth ? view.truth() : truthy(view.native());
  }
  if (special[TOLERANT] === true) return special.text !== "";
  for (const key in value) if (Object.hasOwn(value, key)) return true;
  return false;
}
