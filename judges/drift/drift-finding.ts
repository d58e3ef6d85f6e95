import type { DriftRules } from './drift-settings.ts';

/** What the outputs of a metric say. */
export interface DriftTest {
  readonly test: string;
  readonly pValue: number;
  readonly statistic?: number;
  readonly degreesOfFreedom?: number;
  readonly criticalValue?: number;
  /** in the unit of `minimumEffect`; with a sign where the metric has a direction */
  readonly effect: number;
  /** what the effect is */
  readonly measure: string;
  /** a difference that people read, with its interval */
  readonly estimate?: number;
  readonly interval?: { readonly lower: number; readonly upper: number };
  /** a change of shape has no direction */
  readonly isShape?: true;
  /** what was found, in words, without a full stop */
  readonly found: string;
  readonly sizes: { readonly control: number; readonly experiment: number };
}

/** Why there is no p-value, as the end of a sentence. */
export interface Untested {
  readonly untested: string;
  readonly sizes: DriftTest['sizes'];
  /** more of them would help */
  readonly isFew?: true;
}

/** Of the intervals beside the p-values. */
export const CONFIDENCE = 0.95;

/** Undefined where both sides have enough. */
export function tooFew(sizes: DriftTest['sizes'], { minimumSamples }: DriftRules): Untested | undefined {
  const { control, experiment } = sizes;
  if (Math.min(control, experiment) >= minimumSamples) return undefined;
  return {
    untested: `${minimumSamples} outputs a side are needed, baseline has ${control} and canary ${experiment}`,
    sizes,
    isFew: true,
  };
}
