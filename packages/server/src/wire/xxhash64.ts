const MASK = 0xffff_ffff_ffff_ffffn;
const P1 = 0x9e37_79b1_85eb_ca87n;
const P2 = 0xc2b2_ae3d_27d4_eb4fn;
const P3 = 0x1656_67b1_9e37_79f9n;
const P4 = 0x85eb_ca77_c2b2_ae63n;
const P5 = 0x27d4_eb2f_1656_67c5n;

const times = (a: bigint, b: bigint): bigint => (a * b) & MASK;
const rotate = (value: bigint, bits: bigint): bigint => ((value << bits) | (value >> (64n - bits))) & MASK;

/** xxHash64, seed 0, of the eight little-endian bytes of a number (server-api §2.9, shard-info). */
export function hashOfId(id: bigint): bigint {
  const lane = times(rotate(times(id & MASK, P2), 31n), P1);
  let hash = ((P5 + 8n) & MASK) ^ lane;
  hash = (times(rotate(hash, 27n), P1) + P4) & MASK;
  hash = times(hash ^ (hash >> 33n), P2);
  hash = times(hash ^ (hash >> 29n), P3);
  return hash ^ (hash >> 32n);
}
