import type { MetricSetPair } from '../../domain/metric-set-pair.ts';
import type { Run } from '../../domain/run.ts';
import { CanaryError } from '../../errors.ts';
import type { Series } from '../series.ts';

/** The series of a run, or why they cannot be read: a report is one without its series, too. */
export async function readableSeries(
  series: Pick<Series, 'ofRun'>,
  run: Pick<Run, 'metricSetPairListId'>,
): Promise<{ pairs?: MetricSetPair[]; problem?: string }> {
  try {
    const pairs = await series.ofRun(run);
    return pairs === undefined ? {} : { pairs };
  } catch (error) {
    if (error instanceof CanaryError && error.code === 'OBJECT_UNREADABLE') return { problem: error.message };
    throw error;
  }
}
