/** Numbers that look random and are the same for the same seed, on every machine. */
export interface SeededRandom {
  /** uniform in [0, 1), 32 bits fine */
  uniform(): number;
  /** normal with mean 0 and standard deviation 1, within +-6 */
  normal(): number;
}

/**
 * A generator seeded with data: Marsaglia's 32-bit xorshift over a Weyl sequence, 2^64 long.
 *
 * Normal numbers are sums of twelve uniform ones (Irwin-Hall), which needs no logarithm: no two machines disagree in
 * the last bit. Not for secrets.
 *
 * Source: G. Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8 (2003), the `xorwow` construction
 * shortened to one word; seed by FNV-1a over the bytes.
 */
export function createSeededRandom(...seeds: readonly Float64Array[]): SeededRandom {
  let word = seeds.reduce(hash, 0x811c9dc5) || 1;
  let counter = 0;
  const uniform = () => {
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    counter = (counter + 362437) | 0;
    return ((word + counter) >>> 0) / 2 ** 32;
  };
  const normal = () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += uniform();
    return sum;
  };
  return { uniform, normal };
}

function hash(seed: number, values: Float64Array): number {
  let mixed = seed;
  for (const byte of new Uint8Array(values.buffer, values.byteOffset, values.byteLength)) {
    mixed = Math.imul(mixed ^ byte, 0x01000193);
  }
  return mixed;
}
