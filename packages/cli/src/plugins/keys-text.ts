import { isObject, type JsonObject } from "@noetl/core";
import type { Palette } from "@noetl/sdk";

/** The keys of a tool for people: what each is for, and whether it has to be there. */
export function keysText(kind: string, schema: { readonly [key: string]: unknown }, paint: Palette): string {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : [];
  const width = Math.max(0, ...Object.keys(properties).map((key) => key.length));
  const lines = Object.entries(properties).map(([key, value]) => {
    const { description, enum: words } = (isObject(value) ? value : {}) as JsonObject;
    const notes = [
      typeof description === "string" ? description : "",
      Array.isArray(words) ? `one of ${words.join(", ")}` : "",
      required.includes(key) ? "required" : "",
    ];
    return `    ${key.padEnd(width)}  ${notes.filter((note) => note !== "").join("; ")}`;
  });
  return [`  ${paint.bold(kind)}`, ...lines].join("\n");
}
