import type { MetricSet } from '../domain/metric-set.ts';
import type { MetricSetPair } from '../domain/metric-set-pair.ts';
import type { ListStore, ObjectKey } from '../domain/stores.ts';
import { CanaryError } from '../errors.ts';

/** Series that runs were judged by, or that clients stored. */
export interface Series {
  /** lists of one side */
  readonly sets: SeriesLists<MetricSet>;
  /** lists in pairs, as they are judged */
  readonly pairs: SeriesLists<MetricSetPair>;
  /** The series a run was judged by; undefined when it has none, or they are deleted. */
  ofRun(run: { readonly metricSetPairListId?: string | undefined }): Promise<MetricSetPair[] | undefined>;
  /** When these were stored; undefined when there are none. */
  timeOfRun(run: { readonly metricSetPairListId?: string | undefined }): Promise<number | undefined>;
}

export interface SeriesLists<T> {
  keys(): Promise<ObjectKey[]>;
  /** @throws CanaryError OBJECT_NOT_FOUND */
  get(id: string): Promise<T[]>;
  /** The series, each as JSON for the wire, as they are taken. @throws CanaryError OBJECT_NOT_FOUND, OBJECT_UNREADABLE */
  texts(id: string): Promise<AsyncIterable<string>>;
  /** @returns the new id */
  add(list: T[]): Promise<string>;
  /** @throws CanaryError OBJECT_MISSING */
  delete(id: string): Promise<void>;
}

interface SeriesParts {
  readonly metricSetLists: ListStore<MetricSet>;
  readonly metricSetPairLists: ListStore<MetricSetPair>;
  readonly newId: () => string;
}

export function createSeries({ metricSetLists, metricSetPairLists, newId }: SeriesParts): Series {
  return {
    sets: seriesLists('metric set list', metricSetLists, newId),
    pairs: seriesLists('metric set pair list', metricSetPairLists, newId),
    async ofRun({ metricSetPairListId }) {
      return metricSetPairListId === undefined ? undefined : metricSetPairLists.get(metricSetPairListId);
    },
    async timeOfRun({ metricSetPairListId }) {
      return metricSetPairListId === undefined ? undefined : metricSetPairLists.storedAt(metricSetPairListId);
    },
  };
}

function seriesLists<T>(name: string, store: ListStore<T>, newId: () => string): SeriesLists<T> {
  return {
    keys: () => store.keys(),
    get: async (id) => (await store.get(id)) ?? missing(name, id),
    texts: async (id) => (await store.texts(id)) ?? missing(name, id),
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

function missing(name: string, id: string): never {
  throw new CanaryError('OBJECT_NOT_FOUND', `No such ${name}: '${id}'.`);
}
