import { type Json, parseJson } from "@noetl/core";
import { parseArray } from "./array.ts";
import { isoTimestamp, isoTimestampUtc } from "./timestamp.ts";

type Parser = (text: string) => Json;

const number: Parser = (text) => {
  const value = Number(text);
  // NaN and the infinities of float columns are no JSON numbers.
  return Number.isFinite(value) ? value : text;
};
const bigint: Parser = (text) => (Number.isSafeInteger(Number(text)) ? Number(text) : text);
const bytes: Parser = (text) =>
  text.startsWith("\\x")
    ? Buffer.from(text.slice(2), "hex").toString("base64")
    : Buffer.from(text, "latin1").toString("base64");
const asText: Parser = (text) => text;

/** Type id → parser of its text form, and the id of its array type (DSL §12.5). Types not listed keep their text form. */
const TYPES: readonly [oid: number, arrayOid: number, parse: Parser][] = [
  [16, 1000, (text) => text === "t"],
  [17, 1001, bytes],
  [18, 1002, asText],
  [19, 1003, asText],
  [20, 1016, bigint],
  [21, 1005, number],
  [23, 1007, number],
  [25, 1009, asText],
  [26, 1028, number],
  [114, 199, parseJson],
  [700, 1021, number],
  [701, 1022, number],
  [829, 1040, asText],
  [869, 1041, asText],
  [650, 651, asText],
  [1042, 1014, asText],
  [1043, 1015, asText],
  [1082, 1182, asText],
  [1083, 1183, asText],
  [1114, 1115, isoTimestamp],
  [1184, 1185, isoTimestampUtc],
  [1186, 1187, asText],
  [1266, 1270, asText],
  [1700, 1231, asText],
  [2950, 2951, asText],
  [3802, 3807, parseJson],
];

const PARSERS = new Map<number, Parser>(
  TYPES.flatMap(([oid, arrayOid, parse]): [number, Parser][] => [
    [oid, parse],
    [arrayOid, (text) => parseArray(text, parse)],
  ]),
);

export const JSON_TYPES: ReadonlySet<number> = new Set([114, 3802]);
export const TEXT_TYPES: ReadonlySet<number> = new Set([25, 1042, 1043]);

/** What `pg` takes as `types`: for one connection, so that other users of the library in this process are left alone. */
export const columnTypes = {
  getTypeParser: (oid: number): Parser => PARSERS.get(oid) ?? asText,
};
