import { hostname } from "node:os";
import { pid } from "node:process";
import type { Clock, Ids } from "./ports.ts";
import { systemClock } from "./ports.ts";

const EPOCH = 1_704_067_200_000;

/** 32-bit FNV-1a of the text folded to 10 bits (server-api §3.2). */
export function machineId(text: string = hostname()): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return ((hash >>> 22) ^ (hash >>> 12) ^ hash) & 1023;
}

/** When an id was made, ms since 1970. */
export function snowflakeTime(id: string): number {
  return Number(BigInt(id) >> 22n) + EPOCH;
}

/**
 * Snowflake ids: 41 bits of time since 2024-01-01, 10 bits of machine, 12 bits of sequence (server-api §3.2).
 * A clock that jumps back reuses the last millisecond, so ids of one generator always grow. They are larger than `after`,
 * an id of an earlier process: the clock may have been set back in between.
 *
 * Without `machine` several processes of one host may make ids for the same store, so the process counts as a part of
 * the machine, and the sequence starts anywhere: two of them meet once in four million ids of the same millisecond.
 */
export function snowflakes(options: { machine?: number; clock?: Clock; after?: string | undefined } = {}): Ids {
  const clock = options.clock ?? systemClock;
  const shared = options.machine === undefined;
  const machine = BigInt((options.machine ?? machineId(`${hostname()}#${pid}`)) & 1023) << 12n;
  let sequence = shared ? Math.floor(Math.random() * 4096) : -1;
  let last = options.after === undefined ? 0 : Number(BigInt(options.after) >> 22n);
  let base = 0n;
  return {
    next() {
      const now = clock.now() - EPOCH;
      sequence = (sequence + 1) & 4095;
      if (now > last || sequence === 0 || base === 0n) {
        last = Math.max(now, last + 1);
        base = (BigInt(last) << 22n) | machine;
      }
      return (base + BigInt(sequence)).toString();
    },
  };
}
