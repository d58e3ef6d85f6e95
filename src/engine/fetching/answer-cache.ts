import type { CanaryScope } from '../../domain/canary-scope.ts';
import type { MetricSet } from '../../domain/metric-set.ts';
import { instantMillis } from '../../domain/values/instant.ts';

const AGE_MILLIS = 60_000;
const MAX_POINTS = 200_000;
/** The overhead of a series, in points. */
const SERIES_POINTS = 50;
/** How late a store may deliver its last points, besides one step. */
const MARGIN_MILLIS = 30_000;

interface Kept {
  readonly sets: readonly MetricSet[];
  readonly points: number;
  readonly until: number;
}

/**
 * Caches answers for a minute, for windows in the past: equal queries then have equal answers. Holds at most 200,000
 * points and evicts the least recently used.
 */
export class AnswerCache {
  readonly #now: () => number;
  readonly #monotonic: () => number;
  /** most recently used last */
  readonly #kept = new Map<string, Kept>();
  #points = 0;

  /** @param clocks see `clocks.ts` */
  constructor({ now, monotonic }: { readonly now: () => number; readonly monotonic: () => number }) {
    this.#now = now;
    this.#monotonic = monotonic;
  }

  get(key: string): readonly MetricSet[] | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    this.#remove(key, kept);
    if (kept.until <= this.#monotonic()) return undefined;
    this.#add(key, kept);
    return kept.sets;
  }

  /** @param sets stored without copying: hand out copies */
  put(key: string, scope: CanaryScope, sets: readonly MetricSet[]): void {
    const points = sets.reduce((sum, { values }) => sum + values.length + SERIES_POINTS, 0);
    if (points > MAX_POINTS || !this.#isOver(scope)) return;
    const known = this.#kept.get(key);
    if (known !== undefined) this.#remove(key, known);
    this.#add(key, { sets, points, until: this.#monotonic() + AGE_MILLIS });
    for (const [oldest, kept] of this.#kept) {
      if (this.#points <= MAX_POINTS) return;
      this.#remove(oldest, kept);
    }
  }

  #isOver({ end, step = 0 }: CanaryScope): boolean {
    return end !== undefined && instantMillis(end) + step * 1000 + MARGIN_MILLIS <= this.#now();
  }

  #add(key: string, kept: Kept): void {
    this.#kept.set(key, kept);
    this.#points += kept.points;
  }

  #remove(key: string, { points }: Kept): void {
    this.#kept.delete(key);
    this.#points -= points;
  }
}
