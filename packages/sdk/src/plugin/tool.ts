/** `@noetl/sdk/tool`: for authors of tool kinds. Loads no command framework, so that workers stay light. */
export { ensureError, isNoetlError, type Json, type JsonObject, NoetlError } from "@noetl/core";
export * from "@noetl/tools/define";
