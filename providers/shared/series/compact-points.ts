import { type RawPoint, type RawPoints, readValue } from './grid.ts';

const FIRST_CAPACITY = 1024;

/**
 * Points of a long series in 17 bytes each; as they are parsed from JSON they take eight times as much. Keeps whether a
 * point had no value: a series that is not put into slots leaves such points out.
 */
export class CompactPoints implements Iterable<RawPoint> {
  #millis = new Float64Array(FIRST_CAPACITY);
  #values = new Float64Array(FIRST_CAPACITY);
  #isNothing = new Uint8Array(FIRST_CAPACITY);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** @throws CanaryError METRICS_ANSWER_INVALID for a value that is not a number */
  add(points: RawPoints): void {
    this.#makeRoom(this.#length + points.length);
    for (const [millis, raw] of points) {
      this.#millis[this.#length] = millis;
      this.#values[this.#length] = readValue(raw);
      this.#isNothing[this.#length] = raw === null || raw === undefined ? 1 : 0;
      this.#length++;
    }
  }

  *[Symbol.iterator](): Generator<RawPoint> {
    for (let index = 0; index < this.#length; index++) {
      yield [this.#millis[index] ?? 0, this.#isNothing[index] === 1 ? undefined : this.#values[index]];
    }
  }

  #makeRoom(length: number): void {
    if (length <= this.#millis.length) return;
    const capacity = Math.max(length, this.#millis.length * 2);
    this.#millis = grown(this.#millis, new Float64Array(capacity));
    this.#values = grown(this.#values, new Float64Array(capacity));
    this.#isNothing = grown(this.#isNothing, new Uint8Array(capacity));
  }
}

function grown<T extends Float64Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
