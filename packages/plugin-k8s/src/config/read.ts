import { NoetlError } from "@noetl/core";
import { nearest } from "@noetl/sdk";
import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { contradictions } from "./check.ts";
import { merged, over } from "./merge.ts";
import { invalid, type Path, type Problem, rangeAt, type Source } from "./problem.ts";
import { type K8sConfig, type Overlay, overlay, type Profile } from "./shape.ts";

export interface ReadOptions {
  /** for messages */
  file: string;
  text: string;
  /** of a flag: before the one in the file; neither = development */
  profile?: Profile | undefined;
  /** of flags: before the file */
  given?: Overlay | undefined;
}

/**
 * A configuration from the text of `noetl.k8s.yaml`. Meaning `validation`, code `E_K8S_CONFIG`: every finding with
 * file:line:col and a caret.
 */
export function readConfig({ file, text, profile, given = {} }: ReadOptions): K8sConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const source: Source = { file, text, document, lines };
  const broken = document.errors.map(({ message, pos }): Problem => ({ message, range: pos }));
  if (broken.length > 0) throw invalid(source, broken);
  const own = parse(source);
  checkGiven(given);
  const config = merged(over(own, given) as Overlay, profile ?? own.profile ?? "development");
  const wrong = contradictions(config).map(
    ({ path, message, ...rest }): Problem => ({
      ...rest,
      message: `${dotted(path)}: ${message}`,
      range: rangeAt(source, path),
    }),
  );
  if (wrong.length > 0) throw invalid(source, wrong);
  return config;
}

/** Flags are shaped as the file is. */
function checkGiven(given: Overlay): void {
  const issue = overlay.safeParse(given).error?.issues[0];
  if (issue) throw new NoetlError("validation", "E_K8S_CONFIG", `${dotted(issue.path)}: ${wordsOf(issue)}`);
}

function parse(source: Source): Overlay {
  const read = overlay.safeParse(source.document.toJS() ?? {});
  if (read.success) return read.data;
  throw invalid(
    source,
    read.error.issues.flatMap((issue) => problems(source, issue)),
  );
}

function problems(source: Source, issue: z.core.$ZodIssue): Problem[] {
  if (issue.code !== "unrecognized_keys") {
    return [{ message: `${dotted(issue.path)}: ${wordsOf(issue)}`, range: rangeAt(source, issue.path) }];
  }
  const known = keysAt(issue.path);
  return issue.keys.map((key) => {
    const meant = nearest(key, known);
    return {
      message: `'${key}' is not known${issue.path.length === 0 ? "" : ` in ${dotted(issue.path)}`}`,
      hint: meant === undefined ? `known: ${known.join(", ")}` : `did you mean '${meant}'?`,
      range: rangeAt(source, issue.path, key),
    };
  });
}

function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type") return `expected ${issue.expected}`;
  if (issue.code === "invalid_value") return `expected one of ${issue.values.join(", ")}`;
  if (issue.code === "invalid_key") return issue.issues[0]?.message ?? issue.message;
  return issue.message.replace(/^Invalid/, "invalid");
}

/** Keys an object may have at this place, from the schema itself. */
function keysAt(path: Path): string[] {
  let schema: unknown = overlay;
  for (const step of path) schema = below(plain(schema), step);
  const object = plain(schema);
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}

function below(schema: unknown, step: PropertyKey): unknown {
  if (schema instanceof z.ZodObject) return schema.shape[String(step)];
  if (schema instanceof z.ZodRecord) return schema.valueType;
  if (schema instanceof z.ZodArray) return schema.element;
  return undefined;
}

function plain(schema: unknown): unknown {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable ? plain(schema.unwrap()) : schema;
}

const dotted = (path: Path): string => (path.length === 0 ? "the file" : path.map(String).join("."));
