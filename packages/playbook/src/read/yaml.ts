import { isAlias, isMap, isScalar, isSeq, type ParsedNode, parseAllDocuments, type Scalar } from "yaml";
import type { Report } from "../report/report.ts";
import type { Entry, MapNode, Node, Place, ScalarNode, ScalarStyle, ScalarValue, Span } from "./node.ts";

/** 4 MiB of text, 10 000 nodes made by aliases (DSL §1.3), and 200 levels so that nothing behind us overflows. */
export interface ReadLimits {
  bytes: number;
  aliasNodes: number;
  depth: number;
}

const LIMITS: ReadLimits = { bytes: 4 * 1024 * 1024, aliasNodes: 10_000, depth: 200 };

/** One YAML or JSON document as a tree that knows its positions; `undefined` when it cannot be read (DSL §1.3). */
export function readYaml(text: string, report: Report, limits: ReadLimits = LIMITS): Node | undefined {
  const start = { span: { start: 0, end: 0 }, place: undefined };
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.bytes) {
    report.error("E_YAML", start, `document has ${bytes} bytes, the limit is ${limits.bytes}`);
    return undefined;
  }
  const documents = parse(text, report);
  if (documents === undefined) return undefined;
  const [first, ...others] = documents;
  const second = others.find((document) => document.contents !== null && !isEmpty(document.contents));
  if (second?.contents) {
    report.error(
      "E_YAML_MULTIDOC",
      { span: spanOf(second.contents), place: undefined },
      "a file holds one document, here a second one begins",
      "put each document in a file of its own",
    );
    return undefined;
  }
  if (!first?.contents || isEmpty(first.contents)) {
    report.error("E_YAML", start, "the document is empty");
    return undefined;
  }
  return convert(first.contents, report, limits);
}

const TOO_DEEP = "the document is nested too deeply";

function parse(text: string, report: Report) {
  try {
    const documents = parseAllDocuments<ParsedNode>(text, {
      keepSourceTokens: false,
      prettyErrors: false,
      uniqueKeys: false,
      intAsBigInt: true,
      logLevel: "silent",
    });
    if ("empty" in documents) return [];
    const errors = documents.flatMap((document) => document.errors);
    for (const { code, message, pos } of errors) {
      const span = { start: pos[0], end: Math.max(pos[0] + 1, pos[1]) };
      // The parser catches what a document that is too deep does to the stack.
      const said = /call stack/i.test(message) ? TOO_DEEP : firstLine(message);
      report.error("E_YAML", { span, place: undefined }, said, hintFor(code));
    }
    return errors.length > 0 ? undefined : documents;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    report.error("E_YAML", { span: { start: 0, end: 0 }, place: undefined }, TOO_DEEP);
    return undefined;
  }
}

function hintFor(code: string): string | undefined {
  switch (code) {
    case "TAB_AS_INDENT":
      return "indent with spaces; YAML does not allow tabs";
    case "BAD_INDENT":
      return "keys of one map start in the same column";
    case "BLOCK_AS_IMPLICIT_KEY":
    case "MULTILINE_IMPLICIT_KEY":
      return "put text that contains ': ' in quotes";
    case "BAD_SCALAR_START":
    case "UNEXPECTED_TOKEN":
      return 'put text that starts with a special character, such as "{{ … }}", in quotes';
    default:
      return undefined;
  }
}

function convert(root: ParsedNode, report: Report, limits: ReadLimits): Node | undefined {
  const anchors = new Map<string, { node: Node; size: number }>();
  let made = 0;
  let expanded = 0;
  let ok = true;
  const fail = (code: string, span: Span, place: Place | undefined, message: string, hint?: string) => {
    ok = false;
    report.error(code, { span, place }, message, hint);
  };

  const visit = (node: ParsedNode | null, at: Span, place: Place | undefined, depth: number): Node => {
    made += 1;
    if (node === null) return scalar(null, "plain", at, place);
    const span = spanOf(node);
    if (depth > limits.depth) {
      if (ok) fail("E_YAML", span, place, `nested deeper than ${limits.depth} levels`);
      return scalar(null, "plain", span, place);
    }
    if (isAlias(node)) return follow(node.source, span, place);
    const before = made;
    const result = isMap(node)
      ? map(node.items, span, place, depth)
      : isSeq(node)
        ? {
            type: "list" as const,
            items: node.items.map((item, index) => visit(item, span, { parent: place, key: index }, depth + 1)),
            span,
            place,
          }
        : scalar(jsonValue(node), styleOf(node), span, place);
    if (!isAlias(node) && node.anchor !== undefined) {
      anchors.set(node.anchor, { node: result, size: made - before + 1 });
    }
    return result;
  };

  const follow = (name: string, span: Span, place: Place | undefined): Node => {
    const target = anchors.get(name);
    if (target === undefined) {
      fail("E_YAML", span, place, `alias '*${name}' refers to no anchor before it, or to itself`);
      return scalar(null, "plain", span, place);
    }
    made += target.size;
    expanded += target.size;
    if (expanded > limits.aliasNodes && ok) {
      fail("E_YAML", span, place, `aliases expand to more than ${limits.aliasNodes} nodes`);
    }
    return target.node;
  };

  const map = (
    pairs: readonly { key: ParsedNode; value: ParsedNode | null }[],
    span: Span,
    place: Place | undefined,
    depth: number,
  ): MapNode => {
    const entries = new Map<string, Entry>();
    const merged: Node[] = [];
    for (const pair of pairs) {
      const keySpan = pair.key === null ? span : spanOf(pair.key);
      const key = keyText(pair.key);
      if (key === undefined) {
        fail("E_YAML", keySpan, place, "a key must be text", 'put a template used as a key in quotes: "{{ … }}": …');
        continue;
      }
      const inner = { parent: place, key };
      const value = visit(pair.value, { start: keySpan.start, end: keySpan.end }, inner, depth + 1);
      if (key === "<<" && isScalar(pair.key) && pair.key.type === "PLAIN") {
        merged.push(...(value.type === "list" ? value.items : [value]));
        continue;
      }
      const first = entries.get(key);
      if (first !== undefined) {
        const { line } = report.lines.position(first.key.start);
        fail("E_YAML_DUPKEY", keySpan, inner, `duplicate key '${key}' (first at line ${line})`);
        continue;
      }
      entries.set(key, { key: keySpan, value });
    }
    for (const source of merged) {
      if (source.type !== "map") fail("E_YAML", source.span, place, "'<<' merges maps only");
      else for (const [key, entry] of source.entries) if (!entries.has(key)) entries.set(key, entry);
    }
    return { type: "map", entries, span, place };
  };

  const result = visit(root, { start: 0, end: 0 }, undefined, 0);
  return ok ? result : undefined;
}

function scalar(value: ScalarValue, style: ScalarStyle, span: Span, place: Place | undefined): ScalarNode {
  return { type: "scalar", value, style, span, place };
}

/** Integers beyond 2^53 stay exact as text (DSL §1.3); `.nan` and `.inf` are no JSON and stay text as well. */
function jsonValue(node: Scalar.Parsed): ScalarValue {
  const { value } = node;
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  }
  if (typeof value === "number") return Number.isFinite(value) ? value : (node.source ?? String(value));
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  return String(value);
}

function styleOf(node: Scalar.Parsed): ScalarStyle {
  switch (node.type) {
    case "BLOCK_LITERAL":
      return "literal";
    case "BLOCK_FOLDED":
      return "folded";
    case "QUOTE_DOUBLE":
    case "QUOTE_SINGLE":
      return "quoted";
    default:
      return "plain";
  }
}

function keyText(key: ParsedNode | null): string | undefined {
  if (key === null) return "null";
  if (!isScalar(key)) return undefined;
  return typeof key.value === "string" ? key.value : (key.source ?? String(key.value));
}

function isEmpty(node: ParsedNode): boolean {
  return isScalar(node) && node.value === null && (node.source ?? "") === "";
}

function spanOf(node: ParsedNode): Span {
  return { start: node.range[0], end: node.range[1] };
}

function firstLine(message: string): string {
  return message.split("\n", 1)[0] ?? message;
}
