/** Memory for numbers that are forgotten when the work that asked for it ends. What it holds at first is anything. */
export interface Scratch {
  floats(length: number): Float64Array;
  ints(length: number): Int32Array;
}

/** Memory that is kept as long as somebody knows it. */
export const NEW: Scratch = {
  floats: (length) => new Float64Array(length),
  ints: (length) => new Int32Array(length),
};

/** Beyond so many bytes memory is taken anew, and given back. */
const MOST_BYTES = 4 * 2 ** 20;

let buffer = new ArrayBuffer(2 ** 16);
let used = 0;

const memory: Scratch = {
  floats: (length) => {
    const start = claim(8 * length);
    return start === undefined ? NEW.floats(length) : new Float64Array(buffer, start, length);
  },
  ints: (length) => {
    const start = claim(4 * length);
    return start === undefined ? NEW.ints(length) : new Int32Array(buffer, start, length);
  },
};

/**
 * Does work with memory that is used again for the next: a metric of a thousand points would otherwise take a hundred
 * arrays from the system, which takes longer than what is done with them. The work must not wait, and nothing of the
 * memory may be in what it returns.
 *
 * @example inScratch((scratch) => scratch.floats(3).fill(2).length) // 3
 */
export function inScratch<T>(work: (scratch: Scratch) => T): T {
  const before = used;
  try {
    return work(memory);
  } finally {
    used = before;
  }
}

/** Where the next bytes are free; undefined for too many. Arrays of a buffer that was too small keep that. */
function claim(bytes: number): number | undefined {
  const size = Math.ceil(bytes / 8) * 8;
  if (used + size > MOST_BYTES) return undefined;
  if (used + size > buffer.byteLength) buffer = new ArrayBuffer(Math.min(MOST_BYTES, 2 * (used + size)));
  const start = used;
  used += size;
  return start;
}
