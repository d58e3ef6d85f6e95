import type { MetricSetPair } from '../domain/metric-set-pair.ts';
import type { ObjectStore } from '../domain/stores.ts';
import { CanaryError } from '../errors.ts';

/** The series that runs were judged by, or that clients brought. */
export interface Series {
  /** Those a run was judged by; undefined when it has none, or they are deleted. */
  ofRun(run: { readonly metricSetPairListId?: string | undefined }): Promise<MetricSetPair[] | undefined>;
  /** A list by its id. @throws CanaryError OBJECT_NOT_FOUND */
  pairs(id: string): Promise<MetricSetPair[]>;
}

export function createSeries(metricSetPairLists: ObjectStore<MetricSetPair[]>): Series {
  return {
    async ofRun({ metricSetPairListId }) {
      return metricSetPairListId === undefined ? undefined : metricSetPairLists.get(metricSetPairListId);
    },
    async pairs(id) {
      const pairs = await metricSetPairLists.get(id);
      if (pairs !== undefined) return pairs;
      throw new CanaryError('OBJECT_NOT_FOUND', `No such metric set pair list: '${id}'.`);
    },
  };
}
