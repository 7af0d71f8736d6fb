import type { Chunk } from "../chunk.ts";

/** Takes the rows of one transfer, mapped already. */
export type Write = (chunk: Chunk) => Promise<void>;

/** Opens a target, lets `transfer` write, and keeps what was written exactly when that succeeds. */
export type WithTarget = (transfer: (write: Write) => Promise<void>) => Promise<void>;
