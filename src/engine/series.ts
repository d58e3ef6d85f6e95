import type { MetricSet } from '../domain/metric-set.ts';
import type { MetricSetPair } from '../domain/metric-set-pair.ts';
import type { ObjectKey, ObjectStore } from '../domain/stores.ts';
import { CanaryError } from '../errors.ts';

/** Series that runs were judged by, or that clients stored. */
export interface Series {
  /** lists of one side */
  readonly sets: SeriesLists<MetricSet>;
  /** lists in pairs, as they are judged */
  readonly pairs: SeriesLists<MetricSetPair>;
  /** The series a run was judged by; undefined when it has none, or they are deleted. */
  ofRun(run: { readonly metricSetPairListId?: string | undefined }): Promise<MetricSetPair[] | undefined>;
}

export interface SeriesLists<T> {
  keys(): Promise<ObjectKey[]>;
  /** @throws CanaryError OBJECT_NOT_FOUND */
  get(id: string): Promise<T[]>;
  /** @returns the new id */
  add(list: T[]): Promise<string>;
  /** @throws CanaryError OBJECT_MISSING */
  delete(id: string): Promise<void>;
}

interface SeriesParts {
  readonly metricSetLists: ObjectStore<MetricSet[]>;
  readonly metricSetPairLists: ObjectStore<MetricSetPair[]>;
  readonly newId: () => string;
}

export function createSeries({ metricSetLists, metricSetPairLists, newId }: SeriesParts): Series {
  return {
    sets: seriesLists('metric set list', metricSetLists, newId),
    pairs: seriesLists('metric set pair list', metricSetPairLists, newId),
    async ofRun({ metricSetPairListId }) {
      return metricSetPairListId === undefined ? undefined : metricSetPairLists.get(metricSetPairListId);
    },
  };
}

function seriesLists<T>(name: string, store: ObjectStore<T[]>, newId: () => string): SeriesLists<T> {
  return {
    keys: () => store.keys(),
    async get(id) {
      const found = await store.get(id);
      if (found !== undefined) return found;
      throw new CanaryError('OBJECT_NOT_FOUND', `No such ${name}: '${id}'.`);
    },
    async add(list) {
      const id = newId();
      await store.put(id, list);
      return id;
    },
    async delete(id) {
      if (await store.delete(id)) return;
      throw new CanaryError('OBJECT_MISSING', `The ${name} '${id}' does not exist.`);
    },
  };
}
