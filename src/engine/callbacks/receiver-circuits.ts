import { backoffMillis } from '../../waiting/backoff.ts';

/** After this many attempts in a row without any answer, a receiver gets one attempt at a time, with growing pauses. */
const FAILURES_TO_OPEN = 3;
const LONGEST_PAUSE_MILLIS = 300_000;
/** Forgetting a circuit costs some attempts; a client that names ever new hosts must not fill the memory. */
const MOST_RECEIVERS = 10_000;

export interface ReceiverCircuitsOptions {
  /** the first pause; each further one doubles, up to five minutes */
  readonly firstPauseMillis: number;
  /** from 0 (inclusive) to 1 (exclusive) */
  readonly random: () => number;
  /** milliseconds on a clock that is never set */
  readonly monotonic: () => number;
}

interface Circuit {
  failures: number;
  /** until when it is open, on the monotonic clock */
  openUntil: number;
  /** whether the one attempt after a pause is under way */
  probing: boolean;
}

/**
 * Circuit breakers, one for each receiver. One that does not answer costs the timeout for every attempt: while its
 * circuit is open, its deliveries wait without an attempt. Any answer closes it, also an error.
 */
export class ReceiverCircuits {
  readonly #options: ReceiverCircuitsOptions;
  readonly #circuits = new Map<string, Circuit>();

  constructor(options: ReceiverCircuitsOptions) {
    this.#options = options;
  }

  /** Asks for an attempt. @returns 0 when it may be made now, else how many milliseconds to wait before asking again */
  admit(receiver: string): number {
    const circuit = this.#circuits.get(receiver);
    if (circuit === undefined || circuit.failures < FAILURES_TO_OPEN) return 0;
    const left = circuit.openUntil - this.#options.monotonic();
    if (left > 0) return this.#spread(left);
    if (circuit.probing) return this.#spread(this.#options.firstPauseMillis);
    circuit.probing = true;
    return 0;
  }

  /**
   * Call it once after every attempt that was admitted.
   *
   * @param answered undefined when nothing was sent after all
   */
  settle(receiver: string, answered: boolean | undefined): void {
    const circuit = this.#circuits.get(receiver);
    if (answered === true) this.#circuits.delete(receiver);
    else if (answered === false) this.#fail(receiver, circuit ?? { failures: 0, openUntil: 0, probing: false });
    else if (circuit !== undefined) circuit.probing = false;
  }

  #fail(receiver: string, circuit: Circuit): void {
    const { monotonic, random, firstPauseMillis: firstMillis } = this.#options;
    // Attempts that began together fail together, and count once.
    if (circuit.openUntil > monotonic()) return;
    circuit.failures += 1;
    circuit.probing = false;
    const pauses = circuit.failures - FAILURES_TO_OPEN + 1;
    const backoff = { firstMillis, longestMillis: LONGEST_PAUSE_MILLIS, jitter: [0.5, 1], random } as const;
    if (pauses > 0) circuit.openUntil = monotonic() + backoffMillis(pauses, backoff);
    this.#keep(receiver, circuit);
  }

  #keep(receiver: string, circuit: Circuit): void {
    const [oldest] = this.#circuits.size < MOST_RECEIVERS ? [] : this.#circuits.keys();
    if (oldest !== undefined) this.#circuits.delete(oldest);
    this.#circuits.set(receiver, circuit);
  }

  /** Deliveries that wait for one receiver do not all come back at once. */
  #spread(millis: number): number {
    return millis * (1 + this.#options.random());
  }
}
