/** What a stand-in answers; `body` objects are sent as JSON. */
export interface Reply {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

export interface Call {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body: string;
}

/** Undefined: not one of this site's paths. */
export type Site = (call: Call) => Reply | undefined | Promise<Reply | undefined>;

export const ok = (body: unknown): Reply => ({ status: 200, body });

export const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1_000));

/** A query number, or the default when it is absent or no number. */
export function numberOf(url: URL, name: string, otherwise: number): number {
  const text = url.searchParams.get(name);
  const value = text === null || text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : otherwise;
}
