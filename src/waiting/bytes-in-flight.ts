import { abortable } from './abortable.ts';

/** So much of an answer is read whatever else is in flight: small answers do not wait behind large ones. */
const FREE_BYTES = 1024 * 1024;

/** What one query has read and not yet turned into series. */
interface Holding {
  readonly budget: BytesInFlight;
  bytes: number;
}

/** By the signal that cancels a query: each has its own, and hands it to whatever reads for it. */
const holdings = new Map<AbortSignal, Holding>();

/**
 * A limit for the bytes of answers that are being read or parsed, over all accounts. Beyond it only the query that came
 * first goes on reading, so that one always ends; the others wait, which slows their stores down. So at most the limit
 * and one answer are in memory.
 */
export class BytesInFlight {
  readonly #limit: number;
  /** in the order they came; those within {@link FREE_BYTES} are not among them */
  readonly #large = new Set<Holding>();
  readonly #waiting = new Map<Holding, () => void>();
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Counts what is read for the query of this signal, by {@link readBytes}, until `work` ends. */
  async during<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const holding: Holding = { budget: this, bytes: 0 };
    holdings.set(signal, holding);
    try {
      return await work();
    } finally {
      holdings.delete(signal);
      this.#large.delete(holding);
      this.#waiting.delete(holding);
      this.#bytes -= holding.bytes;
      this.#wake();
    }
  }

  /** Undefined when the query may go on at once. */
  take(holding: Holding, bytes: number): Promise<void> | undefined {
    holding.bytes += bytes;
    this.#bytes += bytes;
    if (holding.bytes > FREE_BYTES) this.#large.add(holding);
    return this.#mayGoOn(holding) ? undefined : new Promise((resolve) => this.#waiting.set(holding, resolve));
  }

  #mayGoOn(holding: Holding): boolean {
    const [first] = this.#large;
    return this.#bytes <= this.#limit || holding === first || !this.#large.has(holding);
  }

  #wake(): void {
    for (const [holding, resolve] of this.#waiting) {
      if (!this.#mayGoOn(holding)) continue;
      this.#waiting.delete(holding);
      resolve();
    }
  }
}

/**
 * Call it for each chunk read of an answer. Undefined when reading may go on; rejects when `signal` aborts first.
 *
 * @param signal the query's own; for one that is not in {@link BytesInFlight.during} nothing is counted
 */
export function readBytes(bytes: number, signal: AbortSignal): Promise<void> | undefined {
  const holding = holdings.get(signal);
  const turn = holding?.budget.take(holding, bytes);
  return turn && abortable(turn, signal);
}
