import type { Tags } from '../../../src/domain/values/tags.ts';
import type { RawPoint } from './grid.ts';

/** Makes series of points that come one by one, each with its tags in the same order. */
export class SeriesByTags {
  readonly #series = new Map<string, { readonly tags: Tags; readonly points: RawPoint[] }>();

  add(tags: Tags, point: RawPoint): void {
    const key = JSON.stringify(tags);
    const known = this.#series.get(key);
    if (known === undefined) this.#series.set(key, { tags, points: [point] });
    else known.points.push(point);
  }

  get series() {
    return [...this.#series.values()];
  }
}
