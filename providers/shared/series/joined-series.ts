import { type Tags, tagKey } from '../../../src/domain/values/tags.ts';
import { createTurns } from '../../../src/waiting/turns.ts';
import { CompactPoints } from './compact-points.ts';
import type { Grid, RawPoints } from './grid.ts';
import {
  explained,
  type RawSeries,
  refuseTooMany,
  refuseTooManyPoints,
  type SeriesRequest,
  type StoreAnswer,
} from './metric-sets.ts';

/** So few points of a series that have come alone stay as they are: most queries have one answer. */
const FEW_POINTS = 1000;

interface Joined {
  readonly tags: Tags;
  points: RawPoints;
  startMillis: number | undefined;
}

/**
 * Joins the answers of chunks or pages: series with the same tags become one. Series with the same tags within one
 * answer stay separate; each is joined with its counterpart in the other answers.
 */
export class JoinedSeries implements StoreAnswer {
  readonly #request: SeriesRequest;
  readonly #grid: Grid;
  readonly #series = new Map<string, Joined>();
  readonly #warnings = new Set<string>();
  #givenMillis = 0;
  #points = 0;

  constructor(request: SeriesRequest, grid: Grid) {
    this.#request = request;
    this.#grid = grid;
  }

  /**
   * Lets others have their turns: there may be a million points.
   *
   * @throws CanaryError METRICS_LIMIT_EXCEEDED when there are too many series or points, METRICS_ANSWER_INVALID for a
   *   value that is not a number
   */
  async add({ series, warnings = [], givenMillis = 0 }: StoreAnswer): Promise<void> {
    this.#points += series.reduce((sum, { points }) => sum + points.length, 0);
    refuseTooManyPoints(this.#request, this.#points);
    const turn = createTurns();
    const seen = new Map<string, number>();
    for (const { tags, points, startMillis } of series) {
      const name = tagKey(tags);
      const count = seen.get(name) ?? 0;
      seen.set(name, count + 1);
      const key = `${count} ${name}`;
      const known = this.#series.get(key) ?? { tags, points: [], startMillis };
      known.points = explained(this.#request, () => joinedPoints(known.points, points));
      known.startMillis = earliest(known.startMillis, startMillis);
      this.#series.set(key, known);
      await turn();
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

function joinedPoints(points: RawPoints, further: RawPoints): RawPoints {
  if (points.length === 0 && further.length <= FEW_POINTS) return further;
  if (points instanceof CompactPoints) {
    points.add(further);
    return points;
  }
  const all = new CompactPoints();
  all.add(points);
  all.add(further);
  return all;
}

function earliest(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}
