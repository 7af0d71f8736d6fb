/** An integer token that no JS number can hold, for fields that a peer reads as an integer (server-api §1.1). */
export function rawInteger(digits: string): unknown {
  if (!/^-?\d+$/.test(digits)) throw new TypeError(`not an integer: ${digits}`);
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(digits);
}
