import type { Evidence, SampleStatistics } from '../../src/domain/canary-judge-result.ts';
import type { Fences } from '../stats/samples/outlier-fences.ts';
import type { MetricSettings } from './metric-settings.ts';

/** One side of one metric after handling missing values and outliers. */
export interface Sample {
  /** the number of points before */
  readonly given: number;
  /** how many of those were numbers at all; with 0 the side has no data, whatever counts as 0 */
  readonly present: number;
  /** how many of those were infinite */
  readonly infinite: number;
  /** in time order, never NaN */
  readonly values: Float64Array;
  /** the same values, ascending */
  readonly sorted: Float64Array;
  /** of `values`, as results report them; all zeros when empty */
  readonly stats: SampleStatistics;
  /** values outside were removed; absent when none were */
  readonly fences?: Fences;
}

/** Two sides, both with points, not identical. */
export interface SamplePair {
  readonly control: Sample;
  readonly experiment: Sample;
}

/** Evidence a test may add. */
export type TestEvidence = Pick<
  Evidence,
  'estimate' | 'interval' | 'ratioInterval' | 'pValue' | 'statistic' | 'degreesOfFreedom' | 'tolerance'
>;

/**
 * A test's finding: whether experiment is clearly above or clearly below control. {@link classifyMetric} applies
 * direction, effect size and criticality.
 */
export type Comparison =
  | {
      readonly test: string;
      readonly higher: boolean;
      readonly lower: boolean;
      /** the value compared with the limits of `meanRatio`, if not the ratio of the means */
      readonly meanEffect?: number;
      readonly evidence: TestEvidence;
    }
  | {
      readonly test: string;
      /** why, as the end of a sentence */
      readonly untestable: string;
      /** the classification reason, if different from Kayenta's */
      readonly reason?: string;
    };

/** The only part that differs between judges. Pure: the same samples and settings give the same result. */
export type CompareSamples<Settings extends MetricSettings = MetricSettings> = (
  samples: SamplePair,
  settings: Settings,
) => Comparison;
