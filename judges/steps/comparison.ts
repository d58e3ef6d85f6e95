import type { Evidence, SampleStatistics } from '../../src/domain/canary-judge-result.ts';
import type { Fences } from '../stats/samples/outlier-fences.ts';
import type { MetricSettings } from './metric-settings.ts';

/** One side of one metric after missing values and outliers were handled. */
export interface Sample {
  /** how many points the side had before */
  readonly given: number;
  /** in the order of time, never NaN */
  readonly values: Float64Array;
  /** the same values, ascending */
  readonly sorted: Float64Array;
  /** of `values`, as results report them; all zeros when empty */
  readonly stats: SampleStatistics;
  /** values outside were taken out; absent when none were */
  readonly fences?: Fences;
}

/** Two sides, both with points, that are not the same points. */
export interface SamplePair {
  readonly control: Sample;
  readonly experiment: Sample;
}

/** What a test may say of its own workings. */
export type TestEvidence = Pick<
  Evidence,
  'estimate' | 'interval' | 'ratioInterval' | 'pValue' | 'statistic' | 'degreesOfFreedom' | 'tolerance'
>;

/**
 * What a test found: whether experiment lies clearly above or clearly below control. Direction, effect size and
 * criticality are not its business; {@link classifyMetric} applies them.
 */
export type Comparison =
  | {
      readonly test: string;
      readonly higher: boolean;
      readonly lower: boolean;
      /** what is held against the limits of `meanRatio`, where that is not the ratio of the means */
      readonly meanEffect?: number;
      readonly evidence: TestEvidence;
    }
  | {
      readonly test: string;
      /** why, as the end of a sentence */
      readonly untestable: string;
      /** the classification reason, where it is not the one Kayenta gives */
      readonly reason?: string;
    };

/** The one thing that differs from judge to judge. Pure: the same samples and settings give the same answer. */
export type CompareSamples<Settings extends MetricSettings = MetricSettings> = (
  samples: SamplePair,
  settings: Settings,
) => Comparison;
