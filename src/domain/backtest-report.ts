import { z } from 'zod';
import { VERDICTS } from './canary-judge-result.ts';

/** The changes a backtest makes to real series, to see whether they are found. */
export const KNOWN_CHANGES = {
  '5 %': { level: 0.05, meaning: '5 % worse from the first point on' },
  '10 %': { level: 0.1, meaning: '10 % worse from the first point on' },
  '25 %': { level: 0.25, meaning: '25 % worse from the first point on' },
  '50 %': { level: 0.5, meaning: '50 % worse from the first point on' },
  late: { level: undefined, meaning: '50 % worse in the last quarter of the window' },
  spikes: { level: undefined, meaning: 'one point of twenty is three times as bad' },
} as const satisfies Record<string, { readonly level: number | undefined; readonly meaning: string }>;
export type KnownChangeName = keyof typeof KNOWN_CHANGES;
export const KNOWN_CHANGE_NAMES = Object.keys(KNOWN_CHANGES) as [KnownChangeName, ...KnownChangeName[]];

/** What a recommendation is: it decides nothing. */
export const BACKTEST_ADVICE = {
  keep: 'it rarely alarms without a reason, and finds the allowed change in time',
  lengthen: 'a longer window would find the allowed change',
  allow: 'a larger allowed change would end its false alarms, or is all that it can find',
  drop: 'it has no data, or can find no change that matters',
  unknown: 'too few windows had data to say anything',
} as const;
export type BacktestAdviceName = keyof typeof BACKTEST_ADVICE;

/** What is wrong with a metric that should not be kept as it is. */
export const BACKTEST_REASONS = {
  noisy: 'it alarms without a reason',
  blind: 'it cannot find the allowed change in this window',
  silent: 'it has no data in most windows',
} as const;

export const BinomialShare = z
  .object({
    count: z.number().int(),
    of: z.number().int().describe('how many windows were tried'),
    share: z.number().optional().describe('count over of; absent: nothing was tried'),
    lower: z.number().optional().describe('95 % interval of the share, by Wilson'),
    upper: z.number().optional(),
  })
  .meta({ id: 'BinomialShare' });
export type BinomialShare = z.infer<typeof BinomialShare>;

const FoundChange = z
  .object({
    change: z.enum(KNOWN_CHANGE_NAMES).describe('how much worse the canary was made'),
    found: BinomialShare.describe('in windows where the metric raised no alarm without it'),
    byTime: z
      .array(z.object({ minutes: z.number(), found: BinomialShare }))
      .describe('judged once after so many minutes of the window'),
    minutes: z.number().optional().describe('the first of these times at which 90 % were found; absent: none'),
  })
  .meta({ id: 'BacktestFoundChange' });

const JudgeOfMetric = z
  .object({
    judge: z.string(),
    falseAlarms: BinomialShare.describe('windows in which it was called High or Low although nothing had changed'),
    changes: z.array(FoundChange),
    smallestFound: z
      .number()
      .optional()
      .describe(
        'the smallest change found in 90 % of the windows, between those tried on a straight line; 0.1 is 10 %; absent: none',
      ),
  })
  .meta({ id: 'BacktestJudgeOfMetric' });

const BacktestAdvice = z
  .object({
    action: z.enum(Object.keys(BACKTEST_ADVICE) as [BacktestAdviceName, ...BacktestAdviceName[]]),
    reason: z
      .enum(Object.keys(BACKTEST_REASONS) as [keyof typeof BACKTEST_REASONS, ...(keyof typeof BACKTEST_REASONS)[]])
      .optional()
      .describe('what is wrong with it; absent: nothing, or too few windows say anything'),
    sentence: z.string(),
    minutes: z.number().optional().describe('of lengthen: how long the window would have to be'),
    change: z.number().optional().describe('of allow: the allowed change, as a share'),
  })
  .meta({ id: 'BacktestAdvice' });
export type BacktestAdvice = z.infer<typeof BacktestAdvice>;

export const BacktestMetric = z
  .object({
    name: z.string(),
    judged: z.number().int().describe('windows in which both sides had data'),
    withoutData: z.number().int().describe('windows in which a side had none; they are no passes'),
    missing: z.object({ control: z.number(), experiment: z.number() }).describe('share of points without a value'),
    autocorrelation: z.number().optional().describe('of neighbouring points; the median over the windows'),
    points: z.number().optional().describe('that were compared; the median'),
    effectivePoints: z.number().optional().describe('how many independent points would say as much; the median'),
    smallestChange: z
      .object({ now: z.number(), ever: z.number() })
      .optional()
      .describe(
        'the smallest change found with 90 % probability in this window, and in any; as HaldaneJudge forecasts it',
      ),
    minutesToDecision: z
      .number()
      .optional()
      .describe('how long a window must be to find the allowed change; absent: no window is long enough, or not known'),
    usualDifference: z
      .number()
      .optional()
      .describe('nineteen of twenty windows differed by less, although nothing had changed; 0.1 is 10 %'),
    allowedChange: z.number().describe('what its settings allow, or 25 % where they say nothing'),
    judges: z.array(JudgeOfMetric),
    advice: BacktestAdvice,
  })
  .meta({ id: 'BacktestMetric' });
export type BacktestMetric = z.infer<typeof BacktestMetric>;

const FalseAlarm = z
  .object({
    start: z.string().optional().describe('of the window'),
    run: z.string().optional().describe('of a release: the run that passed'),
    verdict: z.enum(VERDICTS),
    metrics: z.array(z.string()).describe('those that were called High or Low, or failed for want of data'),
  })
  .meta({ id: 'BacktestFalseAlarm' });

const JudgeOfCanary = z
  .object({
    judge: z.string(),
    falseAlarms: BinomialShare.describe('windows with the verdict Fail although nothing had changed'),
    marginal: BinomialShare.describe('windows with the verdict Marginal'),
    anyMetric: BinomialShare.describe('windows in which any metric that counts was called High or Low'),
    failed: z.number().int().describe('windows this judge could not judge; they are in no share'),
    failure: z.string().optional().describe('the first reason for that'),
    alarms: z.array(FalseAlarm).describe('the first of the windows with a false alarm'),
  })
  .meta({ id: 'BacktestJudge' });

/** What a config said of windows in which nothing had changed, and of the same with known changes. */
export const BacktestReport = z
  .object({
    windowMinutes: z.number(),
    windows: z.number().int().describe('looked at so far'),
    judged: z.number().int(),
    withoutData: z.number().int().describe('windows without data of any metric: not judged, and no passes'),
    judges: z.array(JudgeOfCanary).describe("the config's first"),
    noisiest: z.array(z.string()).describe("metrics with false alarms of the config's judge, most first"),
    metrics: z.array(BacktestMetric),
    notes: z.array(z.string()).describe('what else the reader should know, a sentence each'),
  })
  .meta({ id: 'BacktestReport' });
export type BacktestReport = z.infer<typeof BacktestReport>;
