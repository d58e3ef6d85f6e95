import './values/plain-refusals.ts';
import { z } from 'zod';
import { SIDES } from './canary-scope.ts';
import { LookOutcome } from './look.ts';
import { SampleRatio } from './sample-ratio.ts';
import { TimeToDecision } from './time-to-decision.ts';
import { Double, ScoreDouble } from './values/double.ts';

/** A classification of one metric. */
export const CLASSIFICATIONS = ['Pass', 'High', 'Low', 'Nodata', 'NodataFailMetric', 'Error'] as const;
export type Classification = (typeof CLASSIFICATIONS)[number];

/** A verdict on the whole canary. */
export const VERDICTS = ['Pass', 'Marginal', 'Fail'] as const;
export type Verdict = (typeof VERDICTS)[number];

export const SampleStatistics = z
  .object({
    count: z.number().int().describe('points after handling missing values and outliers'),
    mean: Double,
    min: Double,
    std: Double.describe('sample standard deviation'),
    max: Double,
  })
  .meta({ id: 'SampleStatistics' });
export type SampleStatistics = z.infer<typeof SampleStatistics>;

const Interval = z
  .object({ lower: Double, upper: Double, confidence: Double.describe('0.98 is 98 %') })
  .meta({ id: 'Interval' });

const Fences = z.object({ lower: Double, upper: Double }).meta({ id: 'OutlierFences' });

/** Why the judge classified a metric as it did. Kayenta's clients ignore it. */
export const Evidence = z
  .object({
    test: z.string().describe('the statistical test, or why none was made'),
    clause: z.string().describe('the rule that decided, by its name'),
    rule: z.string().optional().describe('the rule in a sentence; absent in results of older versions'),
    sentence: z.string().describe('the reason in a sentence, for people'),
    wouldPass: z
      .array(z.string())
      .optional()
      .describe('what would have changed the verdict on the metric, a sentence each, as the judge says it'),
    outcome: z
      .string()
      .optional()
      .describe('the word of the judge where the classification has none: Inconclusive, Recovered'),
    notes: z.array(z.string()).optional().describe('what else the reader should know, a sentence each'),
    sampleSizes: z
      .object({
        control: z.object({ given: z.number(), used: z.number() }),
        experiment: z.object({ given: z.number(), used: z.number() }),
      })
      .describe('points before and after handling missing values and outliers'),
    emptySides: z
      .array(z.enum(SIDES))
      .optional()
      .describe('sides that gave no value at all, even if missing values count as 0; absent: none'),
    infiniteValues: z
      .object({ control: z.number().int(), experiment: z.number().int() })
      .optional()
      .describe('how many values were infinite: missing ones to every judge but that of Kayenta; absent: none'),
    unpaired: z.string().optional().describe('why the series pairs with none of the other side; absent: it does'),
    outlierFences: z
      .object({ control: Fences.optional(), experiment: Fences.optional() })
      .optional()
      .describe('values outside were removed as outliers; absent for a side without any'),
    estimate: Double.optional().describe("estimated difference, experiment minus control, in the metric's unit"),
    interval: Interval.optional().describe('confidence interval of the difference'),
    ratioInterval: Interval.optional().describe('confidence interval of experiment over control'),
    ratioEstimate: Double.optional().describe('estimated ratio of experiment to control, of which ratioInterval is'),
    pValue: Double.optional(),
    adjustedPValue: Double.optional().describe(
      'the smallest error budget that would flag the metric, among all metrics',
    ),
    beside: z
      .object({ denominator: z.string().optional(), traffic: z.string().optional() })
      .optional()
      .describe('names of other metrics of the config that it was judged beside; absent: none'),
    look: z
      .object({
        number: z.number().int(),
        of: z.number().int().optional().describe('absent: nobody knew how many there would be'),
        p: Double.describe('the p-value of all looks so far, which holds however often was looked'),
        decidedAt: z.number().int().describe('the number of the look that it comes from'),
      })
      .optional()
      .describe('of one of several judgements of the same canary; absent: it was the only one'),
    earlierWindows: z
      .object({
        windows: z.number().int(),
        tested: z.number().int().describe('in how many of them it could be tested'),
        pValue: Double.describe('of "no worse than in every one of them", before their spread is allowed for'),
        spread: Double.optional().describe(
          'how much they differ among themselves, as a standard deviation of logarithms; absent: not known',
        ),
      })
      .optional()
      .describe('where its baseline is several windows of the past'),
    errorBudget: z.number().optional().describe('the budget of its family: flagged when adjustedPValue is not above'),
    decidedBy: z.string().optional().describe('the part of the test with the strongest evidence, in words'),
    decidingWindow: z
      .object({ from: z.number().int().describe('index of its first point'), points: z.number().int() })
      .optional()
      .describe('the points it looked at; absent: all'),
    points: z.number().int().optional().describe('points that were compared'),
    effectivePoints: Double.optional().describe('how many independent points would say as much'),
    autocorrelation: Double.optional().describe('of neighbouring points'),
    largestHarm: Double.optional().describe('the largest relative harm not excluded with 95 % confidence; 0.1 is 10 %'),
    minutesToDecision: Double.optional().describe(
      'about so many more minutes until the allowed change would be found; 0: it would have been; absent: never',
    ),
    smallestChange: z
      .object({
        now: Double.describe('with the points there are'),
        ever: Double.describe('with any number of points'),
      })
      .optional()
      .describe('the smallest relative change that can be found; 0.09 is 9 %'),
    scatterRatio: Double.optional().describe('how many times as much the canary changes from point to point'),
    statistic: Double.optional().describe('the value of the test statistic'),
    degreesOfFreedom: Double.optional(),
    criticalValue: Double.optional().describe(
      'the value of the statistic that chance alone exceeds with the probability of the error budget, at these sample sizes',
    ),
    effect: z
      .object({
        measure: z
          .string()
          .describe(
            'meanRatio, cles, or ratio: that of ratioEstimate, or of the deciding window; of DriftJudge the measure of drift',
          ),
        value: Double,
        allowedIncrease: Double.optional(),
        allowedDecrease: Double.optional(),
        criticalIncrease: Double.optional(),
        criticalDecrease: Double.optional(),
      })
      .optional(),
    direction: z.enum(['increase', 'decrease', 'either']).optional(),
    tolerance: Double.optional(),
    limits: z
      .array(
        z.object({
          name: z.string().describe('as the config names it: max, min, increase, burnRate …'),
          bound: Double,
          found: Double.describe('what was held against it; NaN: nothing could be'),
          kind: z
            .enum(['points', 'statistic', 'relative', 'difference', 'burnRate'])
            .describe(
              'what `found` is: a share of the points, a statistic of them, a relative change, a difference, a burn rate',
            ),
          held: z.boolean(),
          at: Double.optional().describe('where it lies on the axis of the values; absent: it has no place there'),
        }),
      )
      .optional()
      .describe('the limits of its config that the canary was held against; absent: it has none'),
  })
  .meta({ id: 'Evidence' });
export type Evidence = z.infer<typeof Evidence>;

/** The verdict on one metric (not on the canary, whatever the name suggests). */
export const CanaryAnalysisResult = z
  .object({
    name: z.string(),
    tags: z.record(z.string(), z.string()).optional(),
    id: z.string().optional().describe('id of the metric set pair that was judged'),
    classification: z.enum(CLASSIFICATIONS),
    classificationReason: z.string().optional(),
    groups: z.array(z.string()).optional(),
    experimentMetadata: z.object({ stats: SampleStatistics }),
    controlMetadata: z.object({ stats: SampleStatistics }),
    resultMetadata: z
      .object({ ratio: Double.optional() })
      .optional()
      .describe('ratio: mean of experiment over mean of control'),
    critical: z.boolean().describe('true only when this metric alone forces the score to 0'),
    muted: z.boolean(),
    evidence: Evidence.optional(),
  })
  .meta({ id: 'CanaryAnalysisResult' });
export type CanaryAnalysisResult = z.infer<typeof CanaryAnalysisResult>;

export const CanaryJudgeGroupScore = z
  .object({ name: z.string(), score: ScoreDouble, classification: z.string(), classificationReason: z.string() })
  .meta({ id: 'CanaryJudgeGroupScore' });
export type CanaryJudgeGroupScore = z.infer<typeof CanaryJudgeGroupScore>;

export const CanaryJudgeScore = z
  .object({ score: ScoreDouble, classification: z.string(), classificationReason: z.string() })
  .meta({ id: 'CanaryJudgeScore' });
export type CanaryJudgeScore = z.infer<typeof CanaryJudgeScore>;

/** The verdict on the canary. */
export const CanaryJudgeResult = z
  .object({
    judgeName: z.string(),
    results: z.array(CanaryAnalysisResult),
    groupScores: z.array(CanaryJudgeGroupScore),
    score: CanaryJudgeScore,
    look: LookOutcome.optional().describe('of one of several judgements of the same canary, where the judge says it'),
    timeToDecision: TimeToDecision.optional().describe('where the judge forecasts it'),
    sampleRatio: SampleRatio.optional().describe(
      'whether the traffic was split as it was meant to be; absent: nobody says how (`trafficPercent`, or ' +
        '`arms: {"traffic": "equal"}` of the judge), no series counts the requests, or the baseline is history',
    ),
  })
  .meta({ id: 'CanaryJudgeResult' });
export type CanaryJudgeResult = z.infer<typeof CanaryJudgeResult>;
