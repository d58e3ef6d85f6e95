import type { Tags } from '../../../src/domain/values/tags.ts';
import type { RawPoint } from './grid.ts';

/** Groups points that arrive one by one into series, by their tags in a fixed order. */
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
