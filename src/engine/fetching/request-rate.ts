/** Regained per second after a halving, as a fraction of the full rate: ten seconds undo one halving. */
const RECOVERY_PER_SECOND = 0.05;
/** Per second; the lowest rate, unless the full rate is lower. */
const LEAST_RATE = 1;

interface RequestRateOptions {
  /** the full rate; absent: no limit */
  readonly requestsPerSecond?: number | undefined;
  readonly now: () => number;
}

/**
 * The request rate of one account: a token bucket that holds one second's requests, at least one, and refills at the
 * account's rate.
 *
 * When the store throttles, the bucket pauses, is emptied, and refills at half the rate; the rate then grows by the
 * same amount every second until it is full again (additive increase, multiplicative decrease). Without a configured
 * rate, the measured rate is halved and grows back.
 */
export class RequestRate {
  readonly #options: RequestRateOptions;
  readonly #sent: SentCount;
  /** per second; the bucket's refill rate */
  #rate: number;
  /** the rate to grow back to after a halving */
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

  /** Takes a token for one request. @returns 0 when there was one, else the milliseconds until the next try */
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
   * The store throttled a request.
   *
   * @param sentAtMillis when the request was sent: requests sent before the last slow-down do not slow down again
   * @param pauseMillis how long to send nothing
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
