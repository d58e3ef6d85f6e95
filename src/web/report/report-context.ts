import type { RunLine } from '../../domain/run.ts';
import type { MetricOverIntervals } from '../../reports/metric-over-intervals.ts';
import type { Division } from './metric-sections.ts';

/** What a report's page leads to, besides the report itself. */
export interface ReportContext {
  /** milliseconds since 1970 */
  readonly nowMillis: number;
  /** absent: the config is not stored, or no longer */
  readonly config?:
    | {
        readonly id: string;
        /** it was stored again after the run was accepted */
        readonly changed: boolean;
      }
    | undefined;
  /** judged runs of the same config and application before this one, oldest first */
  readonly earlier: readonly RunLine[];
  /** of an analysis: the metrics that failed, interval by interval */
  readonly overIntervals: readonly MetricOverIntervals[];
  /** what the list of metrics is divided by; absent: by outcome */
  readonly by?: Division | undefined;
  /** what the reader is allowed to do, and can be done now */
  readonly may: { readonly rerun: boolean; readonly cancel: boolean; readonly delete: boolean };
}
