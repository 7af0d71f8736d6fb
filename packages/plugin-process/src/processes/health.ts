/** What this page says, whatever its status; empty without a connection. */
export async function textOf(url: string, timeoutMs = 2_000): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    return await response.text();
  } catch (error) {
    if (isNoAnswer(error)) return "";
    throw error;
  }
}

/** Does this page answer with a success? No connection, or another answer, means not yet. */
export async function answers(url: string, timeoutMs = 2_000): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    await response.body?.cancel();
    return response.ok;
  } catch (error) {
    if (isNoAnswer(error)) return false;
    throw error;
  }
}

function isNoAnswer(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof DOMException && error.name === "TimeoutError");
}
