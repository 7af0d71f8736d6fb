import { isObject } from "@noetl/core";

export interface Readiness {
  ready: boolean;
  reasons: string[];
}

const PATIENCE_MS = 2_000;

/** What a worker says of itself under `/readyz`. */
export async function readiness(url: string): Promise<Readiness> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    const body: unknown = await response.json();
    const reasons = isObject(body) && Array.isArray(body.reasons) ? body.reasons.map(String) : [];
    return { ready: response.ok, reasons };
  } catch (error) {
    if (error instanceof TypeError || error instanceof DOMException || error instanceof SyntaxError) {
      return { ready: false, reasons: ["it does not answer"] };
    }
    throw error;
  }
}
