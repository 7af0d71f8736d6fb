/** Another durable runtime that is ready for work. */
export interface Peer {
  /** one unit of work, to its end; for a queue: to the start of its handler */
  one(): Promise<void>;
  close(): Promise<void>;
}

export interface PeerOptions {
  /** finds the packages of the peer */
  require: NodeJS.Require;
  /** database of its own */
  url: string;
  /** folder of its own */
  folder: string;
  /** most units at one time */
  width: number;
}

/** Connections to PostgreSQL: enough that none of those that ask for a pool waits for it. */
export const POOL = 20;

/** Tells who waits for a job that its handler has begun. */
export function arrivals() {
  const waiting = new Map<number, () => void>();
  let last = 0;
  return {
    /** Resolves when the handler has seen the number that `send` was given; rejects when it cannot be sent. */
    async of(send: (id: number) => Promise<unknown>): Promise<void> {
      const id = ++last;
      const begun = new Promise<void>((resolve) => waiting.set(id, resolve));
      await send(id);
      await begun;
    },
    see(data: unknown): void {
      const { id } = data as { id: number };
      waiting.get(id)?.();
      waiting.delete(id);
    },
  };
}
