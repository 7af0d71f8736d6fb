/** A UUID (version 8, custom) that is a function of its seed: four rounds of a 32-bit mix over the text. */
export function uuidFrom(seed: string): string {
  const lanes = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0x6a09e667];
  for (let at = 0; at < seed.length; at++) {
    const unit = seed.charCodeAt(at);
    for (const [lane, value] of lanes.entries()) lanes[lane] = mix(value ^ (unit + lane * 0x01000193));
    const [first = 0, ...rest] = lanes;
    lanes.splice(0, 4, ...rest, (first ^ (rest[0] ?? 0)) >>> 0);
  }
  const hex = lanes.map((value) => mix(value).toString(16).padStart(8, "0")).join("");
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

function mix(value: number): number {
  let hash = value >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
