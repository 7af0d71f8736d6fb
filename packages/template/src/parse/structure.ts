import type { Unit } from "../error.ts";
import { fail } from "../error.ts";
import type { Segment } from "../scan/segments.ts";
import type { Statement, Tag } from "./ast.ts";

type Block = { tag: Tag; segment: number; loop: boolean };

/** The segment whose tag does not fit, so that verbatim fields can keep that tag as text. */
export class Misfit extends Error {
  readonly segment: number;
  readonly report: () => never;
  constructor(segment: number, report: () => never) {
    super("tags do not fit together");
    this.segment = segment;
    this.report = report;
  }
}

/** Matches opening tags to their ends and yields the statement tree. */
export function build(unit: Unit, segments: readonly Segment[]): Statement[] {
  const reader = { index: 0 };
  const body = readBody(unit, segments, reader, undefined);
  return body.statements;
}

interface Body {
  statements: Statement[];
  /** the tag that ended it; undefined at the end of the template */
  end: Tag | undefined;
}

const MAX_BLOCKS = 100;

function readBody(
  unit: Unit,
  segments: readonly Segment[],
  reader: { index: number },
  block: (Block & { depth: number }) | undefined,
): Body {
  const statements: Statement[] = [];
  while (reader.index < segments.length) {
    const index = reader.index++;
    const segment = segments[index];
    if (!segment) break;
    if (segment.t === "text") statements.push(segment);
    else if (segment.t === "output") {
      statements.push({ t: "output", value: segment.value, at: segment.from, end: segment.to });
    } else {
      const { tag } = segment;
      if (tag.t === "end" || tag.t === "elif" || tag.t === "else") {
        if (!closes(tag, block?.tag)) misfit(unit, index, tag, block?.tag);
        return { statements, end: tag };
      }
      statements.push(readStatement(unit, segments, reader, { tag, segment: index, loop: false }, block));
    }
  }
  if (block) {
    const { tag, segment } = block;
    throw new Misfit(segment, () =>
      fail({ unit, offset: tag.at }, "E_TPL_SYNTAX", `'${word(tag)}' without 'end${word(tag)}'`),
    );
  }
  return { statements, end: undefined };
}

function readStatement(
  unit: Unit,
  segments: readonly Segment[],
  reader: { index: number },
  self: Block,
  outer: (Block & { depth: number }) | undefined,
): Statement {
  const { tag } = self;
  const depth = (outer?.depth ?? 0) + 1;
  if (depth > MAX_BLOCKS) fail({ unit, offset: tag.at }, "E_TPL_LIMIT", "statements are nested too deeply");
  const body = (as: Tag = tag) =>
    readBody(unit, segments, reader, { tag: as, segment: self.segment, loop: loopInside(tag, outer), depth });
  switch (tag.t) {
    case "set":
    case "do":
      return tag;
    case "break":
    case "continue":
      if (!outer?.loop) {
        throw new Misfit(self.segment, () =>
          fail({ unit, offset: tag.at }, "E_TPL_SYNTAX", `'${tag.t}' outside of a loop`),
        );
      }
      return { t: tag.t, at: tag.at };
    case "if": {
      const branches = [];
      let test = tag.test;
      for (;;) {
        const part = body();
        branches.push({ test, body: part.statements });
        if (part.end?.t === "elif") test = part.end.test;
        else {
          const otherwise = part.end?.t === "else" ? body({ t: "else", at: tag.at }).statements : [];
          return { t: "if", branches, otherwise, at: tag.at };
        }
      }
    }
    case "for": {
      const part = body();
      // the `else` branch of a loop is not in the loop
      const otherwise =
        part.end?.t === "else" ? readBody(unit, segments, reader, elseOf(self, outer, depth)) : undefined;
      return { ...tag, body: part.statements, otherwise: otherwise?.statements ?? [] };
    }
    default:
      return { ...tag, body: body().statements } as Statement;
  }
}

function elseOf(self: Block, outer: Block | undefined, depth: number): Block & { depth: number } {
  return { tag: { t: "end", of: "for", at: self.tag.at }, segment: self.segment, loop: outer?.loop ?? false, depth };
}

function loopInside(tag: Tag, outer: Block | undefined): boolean {
  if (tag.t === "for") return true;
  return tag.t === "macro" || tag.t === "call" ? false : (outer?.loop ?? false);
}

/** `else` as the open block stands for the last branch of an `if`, `end` for the `else` of a `for`. */
function closes(tag: Tag, open: Tag | undefined): boolean {
  if (!open) return false;
  if (tag.t === "end") return word(open) === tag.of || (open.t === "else" && tag.of === "if");
  return open.t === "if" || (open.t === "for" && tag.t === "else");
}

function word(tag: Tag): string {
  if (tag.t === "end") return tag.of;
  if (tag.t === "else") return "if";
  return tag.t === "setblock" ? "set" : tag.t === "filterblock" ? "filter" : tag.t;
}

function misfit(unit: Unit, segment: number, tag: Tag, open: Tag | undefined): never {
  const name = tag.t === "end" ? `end${tag.of}` : tag.t;
  const inside = open ? ` inside '${word(open)}'` : " without an opening tag";
  throw new Misfit(segment, () => fail({ unit, offset: tag.at }, "E_TPL_SYNTAX", `unexpected '${name}'${inside}`));
}
