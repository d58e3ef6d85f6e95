import { z } from 'zod';
import { KNOWN_CHANGE_NAMES } from './backtest-report.ts';
import { VERDICTS } from './canary-judge-result.ts';

const Count = z.number().int().min(0);

/** What one judge said of one metric. */
const MetricTally = z.object({
  judged: Count,
  alarms: Count,
  /** of each change, judged after each part of the window: how often it was tried and found */
  trials: z.partialRecord(
    z.enum(KNOWN_CHANGE_NAMES),
    z.array(z.object({ part: z.number(), tried: Count, found: Count })),
  ),
});
export type MetricTally = z.infer<typeof MetricTally>;

const SeriesTally = z.object({
  judged: Count,
  withoutData: Count,
  points: z.object({ control: Count, experiment: Count }),
  missing: z.object({ control: Count, experiment: Count }),
  /** a number for each window that gave it */
  measured: z.object({
    autocorrelation: z.array(z.number()),
    points: z.array(z.number()),
    effectivePoints: z.array(z.number()),
    smallestNow: z.array(z.number()),
    smallestEver: z.array(z.number()),
    /** how long the window had to be; Infinity is written as null: no window is long enough */
    minutes: z.array(z.number().nullable()),
    difference: z.array(z.number()),
  }),
  judges: z.record(z.string(), MetricTally),
});
export type SeriesTally = z.infer<typeof SeriesTally>;

const JudgeTally = z.object({
  judged: Count,
  fails: Count,
  marginals: Count,
  flagged: Count,
  failed: Count,
  failure: z.string().optional(),
  alarms: z.array(
    z.object({
      ...{ start: z.string().optional(), run: z.string().optional() },
      ...{ verdict: z.enum(VERDICTS), metrics: z.array(z.string()) },
    }),
  ),
});
export type JudgeTally = z.infer<typeof JudgeTally>;

/** All that a backtest has counted so far: plain JSON, so that another process can go on with it. */
export const BacktestTally = z.object({
  /** windows looked at */
  windows: Count,
  withoutData: Count,
  judges: z.record(z.string(), JudgeTally),
  metrics: z.record(z.string(), SeriesTally),
});
export type BacktestTally = z.infer<typeof BacktestTally>;

export function emptyTally(): BacktestTally {
  return { windows: 0, withoutData: 0, judges: {}, metrics: {} };
}
