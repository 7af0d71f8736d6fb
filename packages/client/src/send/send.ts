export interface Outgoing {
  url: string;
  method: "GET" | "POST" | "PUT" | "DELETE";
  headers: { [name: string]: string };
  body?: string;
  /** of the whole exchange, ms */
  timeoutMs: number;
  /** may be sent again when no answer came */
  again: boolean;
  signal?: AbortSignal;
}

export interface Answer {
  status: number;
  body: string;
  retryAfter?: string;
}

/** Sends one request and resolves with any answer. Rejects with a system error (`code`), or a `TimeoutError`. */
export type Send = (outgoing: Outgoing) => Promise<Answer>;

/** How long a connection may take, ms. */
export const CONNECT_MS = 10_000;
