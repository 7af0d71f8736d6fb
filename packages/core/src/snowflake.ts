import { hostname } from "node:os";
import type { Clock, Ids } from "./ports.ts";
import { systemClock } from "./ports.ts";

const EPOCH = 1_704_067_200_000n;

/** 32-bit FNV-1a of the text folded to 10 bits (server-api §3.2). */
export function machineId(text: string = hostname()): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return ((hash >>> 22) ^ (hash >>> 12) ^ hash) & 1023;
}

/**
 * Snowflake ids: 41 bits of time since 2024-01-01, 10 bits of machine, 12 bits of sequence (server-api §3.2).
 * A clock that jumps back reuses the last millisecond, so ids of one generator always grow.
 */
export function snowflakes(options: { machine?: number; clock?: Clock } = {}): Ids {
  const clock = options.clock ?? systemClock;
  const machine = BigInt((options.machine ?? machineId()) & 1023) << 12n;
  let last = 0n;
  let sequence = 0n;
  return {
    next() {
      const now = BigInt(clock.now()) - EPOCH;
      if (now > last) {
        last = now;
        sequence = 0n;
      } else if (++sequence > 4095n) {
        last += 1n;
        sequence = 0n;
      }
      return ((last << 22n) | machine | sequence).toString();
    },
  };
}
