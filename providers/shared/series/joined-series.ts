import type { RawPoint } from './grid.ts';
import type { RawSeries } from './metric-sets.ts';

/**
 * Joins the answers to the parts of a window, or the pages of an answer: series with the same tags are one. Series with
 * the same tags within one answer stay apart, each joined with its like of the other answers.
 */
export class JoinedSeries {
  readonly #series = new Map<string, { tags: Readonly<Record<string, string>>; points: RawPoint[] }>();

  /** @param answer all series of one answer */
  add(answer: readonly RawSeries[]): void {
    const seen = new Map<string, number>();
    for (const { tags, points } of answer) {
      const name = JSON.stringify(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)));
      const count = seen.get(name) ?? 0;
      seen.set(name, count + 1);
      const key = `${count} ${name}`;
      const known = this.#series.get(key) ?? { tags, points: [] };
      for (const point of points) known.points.push(point);
      this.#series.set(key, known);
    }
  }

  get size(): number {
    return this.#series.size;
  }

  get series(): RawSeries[] {
    return [...this.#series.values()];
  }
}
