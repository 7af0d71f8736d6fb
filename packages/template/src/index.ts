export { compile, compileExpression, looksLikeTemplate } from "./compile.ts";
export { TemplateError } from "./error.ts";
export { filterNames, testNames } from "./parse/known.ts";
export * from "./types.ts";
export { jsonText as toJson } from "./value/json.ts";
export { native as toNative } from "./value/native.ts";
export { text as toText } from "./value/text.ts";
export { truthy } from "./value/truth.ts";
