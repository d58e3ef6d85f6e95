import { z } from 'zod';
import type { CanaryConfig } from './canary-config.ts';
import { COMPANIONS } from './companion-series.ts';
import type { MetricSetPair } from './metric-set-pair.ts';

/** A query beside a metric's own. */
const CompanionPreview = z.object({
  companion: z.enum(COMPANIONS),
  control: z.string().optional().describe('the query text'),
  experiment: z.string().optional().describe('the query text; a history has none'),
});

/** The query that would be sent for one metric. */
export const QueryPreview = z
  .object({
    metric: z.string().describe("the metric's name in the config"),
    metricsAccountName: z.string().optional().describe('the metrics store that would be queried'),
    control: z.string().optional().describe('the query text'),
    experiment: z.string().optional().describe('the query text'),
    companions: z
      .array(CompanionPreview)
      .optional()
      .describe('further queries of the metric, which its judge reads; absent: none'),
    warning: z.string().optional().describe('what is odd about the query; it can be sent'),
    problem: z.string().optional().describe('why the query cannot be built'),
  })
  .meta({ id: 'QueryPreview' });
export type QueryPreview = z.infer<typeof QueryPreview>;

/** The queries of a config, and the series of one metric. */
export interface ConfigPreview {
  readonly config: CanaryConfig;
  /** in the order of the metrics */
  readonly queries: readonly QueryPreview[];
  /** the metric whose series were fetched */
  readonly drawn?: DrawnMetric | undefined;
}

export interface DrawnMetric {
  /** its index in the config, from 0 */
  readonly index: number;
  readonly pairs: readonly MetricSetPair[];
  /** why there are no series */
  readonly problem?: string | undefined;
}
