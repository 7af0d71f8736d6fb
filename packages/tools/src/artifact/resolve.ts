import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { isNoetlError, isObject, type Json } from "@noetl/core";
import { done, failed } from "../outcome.ts";
import type { ToolCall, ToolDone } from "../tool.ts";

/** Schemes of references that the host's result store answers. */
const STORED = /^(noetl|eventlog|artifact):\/\//i;

/**
 * The body behind a reference (DSL §21.5): a reference string, a reference map, or data that was never stored elsewhere and is given
 * back as it is.
 */
export async function resolveReference(given: Json | undefined, call: ToolCall): Promise<ToolDone> {
  const ref = referenceOf(given);
  if (ref === undefined) {
    if (given !== undefined && given !== null && given !== "") return done(given);
    return failed(
      "configuration",
      "the reference is empty: a small result is not stored elsewhere, use the step's data itself",
      {
        code: "EMPTY_REFERENCE",
      },
    );
  }
  if (STORED.test(ref)) return fromStore(ref, call);
  if (/^file:\/\//i.test(ref)) return fromFile(ref);
  return failed("configuration", `references like '${ref.split(":")[0]}://…' are not available in this version`, {
    code: "UNSUPPORTED_REFERENCE",
  });
}

function referenceOf(given: Json | undefined): string | undefined {
  if (typeof given === "string") return /^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(given.trim()) ? given.trim() : undefined;
  if (!isObject(given)) return undefined;
  const { kind, ref, uri } = given as { [key: string]: Json };
  const text = [ref, uri].find((value) => typeof value === "string" && value.includes("://"));
  return typeof text === "string" && (kind === "result_ref" || STORED.test(text)) ? text : undefined;
}

async function fromStore(ref: string, call: ToolCall): Promise<ToolDone> {
  try {
    return done(await call.env.fetchResult(ref));
  } catch (error) {
    if (isNoetlError(error) && error.meaning === "not_found") {
      return failed("missing_reference", `there is no result ${ref} (yet)`, { code: "REFERENCE_NOT_AVAILABLE" });
    }
    throw error;
  }
}

async function fromFile(ref: string): Promise<ToolDone> {
  let text: string;
  try {
    text = await readFile(fileURLToPath(ref), "utf8");
  } catch (error) {
    return failed("missing_reference", `${ref} cannot be read: ${(error as Error).message}`, {
      code: "REFERENCE_NOT_AVAILABLE",
      retryable: false,
    });
  }
  try {
    return done(JSON.parse(text) as Json);
  } catch {
    // A file that is not JSON is its text.
    return done(text);
  }
}
