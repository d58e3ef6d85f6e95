/** What is regained each second after a halving, as a part of the full rate: ten seconds make good for one. */
const RECOVERY_PER_SECOND = 0.05;
/** A second; the rate does not fall below, unless the full one is. */
const LEAST_RATE = 1;

interface RequestRateOptions {
  /** the full rate; absent: as fast as they come */
  readonly requestsPerSecond?: number | undefined;
  readonly now: () => number;
}

/**
 * How fast one account may be asked: a bucket that holds one second's requests, at least one, and is filled at the
 * account's rate.
 *
 * When the store says that it is too much, the bucket is closed for a while, emptied, and filled at half the rate; the
 * rate then grows by the same amount every second until it is full again (additive increase, multiplicative decrease).
 * An account without a rate of its own is measured: half of what it was asked last, until that is reached again.
 */
export class RequestRate {
  readonly #options: RequestRateOptions;
  readonly #sent: SentCount;
  /** a second; the bucket's inflow */
  #rate: number;
  /** where the rate grows to after a halving */
  #full: number;
  #tokens: number;
  #filledAt: number;
  #closedUntil = 0;
  #slowedAt = Number.NEGATIVE_INFINITY;

  constructor(options: RequestRateOptions) {
    this.#options = options;
    this.#rate = options.requestsPerSecond ?? Number.POSITIVE_INFINITY;
    this.#full = this.#rate;
    this.#tokens = Math.max(1, this.#rate);
    this.#filledAt = options.now();
    this.#sent = new SentCount(options.now);
  }

  /** Takes leave for one request. @returns 0 when it is given, else the milliseconds after which to ask again */
  take(): number {
    const now = this.#options.now();
    if (now < this.#closedUntil) return this.#closedUntil - now;
    this.#fill(now);
    if (this.#tokens < 1) return Math.max(1, Math.ceil(((1 - this.#tokens) / this.#rate) * 1000));
    this.#tokens -= 1;
    this.#sent.add();
    return 0;
  }

  /**
   * The store refused a request as one too many.
   * @param sentAtMillis when the request was sent: of those sent before the last slowing down, none slows down again
   * @param pauseMillis how long to ask nothing
   */
  slowDown(sentAtMillis: number, pauseMillis: number): void {
    const now = this.#options.now();
    this.#closedUntil = Math.max(this.#closedUntil, now + pauseMillis);
    if (sentAtMillis >= this.#slowedAt) {
      this.#fill(now);
      this.#full = this.#options.requestsPerSecond ?? (Number.isFinite(this.#rate) ? this.#full : this.#sent.perSecond);
      this.#rate = Math.max(Math.min(this.#rate, this.#full) / 2, Math.min(LEAST_RATE, this.#full));
      this.#slowedAt = now;
    }
    this.#tokens = 0;
    this.#filledAt = this.#closedUntil;
  }

  #fill(now: number): void {
    const seconds = Math.max(0, now - this.#filledAt) / 1000;
    this.#filledAt = Math.max(this.#filledAt, now);
    if (Number.isFinite(this.#rate)) {
      this.#tokens = Math.min(this.#tokens + seconds * this.#rate, Math.max(1, this.#rate));
      this.#rate += seconds * RECOVERY_PER_SECOND * this.#full;
    }
    if (this.#rate < this.#full) return;
    this.#rate = this.#options.requestsPerSecond ?? Number.POSITIVE_INFINITY;
    if (this.#rate === Number.POSITIVE_INFINITY) this.#tokens = Number.POSITIVE_INFINITY;
  }
}

/** Counts what is sent in this second and the last. */
class SentCount {
  readonly #now: () => number;
  #second = 0;
  #inThis = 0;
  #inLast = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  add(): void {
    this.#turn();
    this.#inThis += 1;
  }

  /** At least one. */
  get perSecond(): number {
    this.#turn();
    return Math.max(1, this.#inThis, this.#inLast);
  }

  #turn(): void {
    const second = Math.floor(this.#now() / 1000);
    if (second === this.#second) return;
    this.#inLast = second === this.#second + 1 ? this.#inThis : 0;
    this.#inThis = 0;
    this.#second = second;
  }
}
