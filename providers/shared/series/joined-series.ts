import { type Tags, tagKey } from '../../../src/domain/values/tags.ts';
import type { Grid, RawPoint } from './grid.ts';
import { type RawSeries, refuseTooMany, type SeriesRequest, type StoreAnswer } from './metric-sets.ts';

/**
 * Joins the answers of chunks or pages: series with the same tags become one. Series with the same tags within one
 * answer stay separate; each is joined with its counterpart in the other answers.
 */
export class JoinedSeries implements StoreAnswer {
  readonly #request: SeriesRequest;
  readonly #grid: Grid;
  readonly #series = new Map<string, { tags: Tags; points: RawPoint[]; startMillis?: number | undefined }>();
  readonly #warnings = new Set<string>();
  #givenMillis = 0;

  constructor(request: SeriesRequest, grid: Grid) {
    this.#request = request;
    this.#grid = grid;
  }

  /** @throws CanaryError METRICS_LIMIT_EXCEEDED when there are too many series */
  add({ series, warnings = [], givenMillis = 0 }: StoreAnswer): void {
    const seen = new Map<string, number>();
    for (const { tags, points, startMillis } of series) {
      const name = tagKey(tags);
      const count = seen.get(name) ?? 0;
      seen.set(name, count + 1);
      const key = `${count} ${name}`;
      const known = this.#series.get(key) ?? { tags, points: [], startMillis };
      for (const point of points) known.points.push(point);
      known.startMillis = earliest(known.startMillis, startMillis);
      this.#series.set(key, known);
    }
    for (const warning of warnings) this.#warnings.add(warning);
    this.#givenMillis = Math.max(this.#givenMillis, givenMillis);
    refuseTooMany(this.#request, this.#grid, this.#series.size);
  }

  get series(): RawSeries[] {
    return [...this.#series.values()];
  }

  get warnings(): readonly string[] {
    return [...this.#warnings];
  }

  /** The longest of all answers. */
  get givenMillis(): number {
    return this.#givenMillis;
  }
}

function earliest(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}
