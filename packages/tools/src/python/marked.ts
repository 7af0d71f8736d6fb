import type { Capture } from "../process/capture.ts";

/** Splits a stream that never ends into the outputs of calls: everything up to a call's marker belongs to that call. */
export interface Marked {
  push(chunk: Buffer): void;
  /** Output goes to `capture` until `marker` has come; then `onMarker` is called. */
  begin(capture: Capture, marker: Buffer, onMarker: () => void): void;
  /** No marker will come any more: gives out what was held back. */
  end(): void;
}

export function marked(): Marked {
  let call: { capture: Capture; marker: Buffer; onMarker: () => void } | undefined;
  let held: Buffer = Buffer.alloc(0);
  return {
    push(chunk) {
      if (!call) return;
      const data = held.length > 0 ? Buffer.concat([held, chunk]) : chunk;
      const at = data.indexOf(call.marker);
      const open = at < 0 ? beginsIn(data, call.marker) : at;
      if (open > 0) call.capture.push(data.subarray(0, open));
      held = data.subarray(open);
      if (at < 0) return;
      const { capture, onMarker } = call;
      call = undefined;
      held = Buffer.alloc(0);
      capture.end();
      onMarker();
    },
    begin(capture, marker, onMarker) {
      call = { capture, marker, onMarker };
      held = Buffer.alloc(0);
    },
    end() {
      if (!call) return;
      if (held.length > 0) call.capture.push(held);
      call.capture.end();
      call = undefined;
    },
  };
}

/** Where the tail of `data` could be the beginning of `marker`; the length of `data` when nowhere. */
function beginsIn(data: Buffer, marker: Buffer): number {
  const first = marker[0] ?? 0;
  for (
    let at = data.indexOf(first, Math.max(0, data.length - marker.length + 1));
    at >= 0;
    at = data.indexOf(first, at + 1)
  ) {
    if (data.subarray(at).equals(marker.subarray(0, data.length - at))) return at;
  }
  return data.length;
}
