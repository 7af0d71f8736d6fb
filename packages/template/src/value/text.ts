import { jsonText } from "./json.ts";
import { isTolerant, isView } from "./kind.ts";
import { numberText } from "./number.ts";

/** Mixed-mode stringification (DSL §8.4). A RangeError says that the text would pass `limit` characters. */
export function text(value: unknown, limit = Number.POSITIVE_INFINITY): string {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
    case "bigint":
      return numberText(value);
    case "boolean":
      return value ? "True" : "False";
    case "object":
      if (value === null) return "None";
      if (isTolerant(value)) return value.text;
      if (isView(value)) return text(value.native(), limit);
      return jsonText(value, limit);
    default:
      return "";
  }
}
