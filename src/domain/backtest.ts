import { z } from 'zod';
import { BacktestReport, BinomialShare, KNOWN_CHANGE_NAMES } from './backtest-report.ts';
import type { BacktestTally } from './backtest-tally.ts';
import { CanaryConfig } from './canary-config.ts';
import { CanaryExecutionRequest } from './canary-execution-request.ts';
import { CanaryScopePair } from './canary-scope.ts';
import { ExecutionException, ExecutionStatus } from './run.ts';
import { lengthOfTime } from './values/length-of-time.ts';

/** What stands in for a canary and its baseline. */
export const BACKTEST_ARMS = {
  scopes: 'the two scopes of the request, which did not differ in that time: two instances of the same version',
  before: 'the control scope against itself, one window earlier',
  releases: 'each of the last releases that went well against its baseline, from the start of its own window on',
} as const;
const ARM_NAMES = Object.keys(BACKTEST_ARMS) as [keyof typeof BACKTEST_ARMS, ...(keyof typeof BACKTEST_ARMS)[]];

const WEEK_MINUTES = 10_080;
const MOST_RELEASES = 200;

/** How a config is tried on the past. */
export const BacktestOptions = z
  .object({
    windowMinutes: lengthOfTime({ unit: 'minutes', min: 1, max: WEEK_MINUTES }).describe(
      'how long each window is, as a canary would be judged; also a duration, such as `1h`',
    ),
    arms: z.enum(ARM_NAMES).default('scopes').describe('what stands in for a canary and its baseline'),
    releases: z
      .number()
      .int()
      .min(1)
      .max(MOST_RELEASES)
      .optional()
      .describe('with the arms `releases`: how many of the last runs of the config that ended Pass; absent: 20'),
    judges: z
      .array(z.string())
      .max(10)
      .default([])
      .describe("judges to have beside the config's; HaldaneJudge always is, since it measures the noise"),
    changes: z
      .array(z.enum(KNOWN_CHANGE_NAMES))
      .max(KNOWN_CHANGE_NAMES.length)
      .default([...KNOWN_CHANGE_NAMES])
      .describe('known changes to make to real series, to see whether they are found; an empty list makes none'),
    judgements: z
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .default(50_000)
      .describe('how many judgements of single metrics the known changes may take; more windows are tried with more'),
  })
  .meta({ id: 'BacktestOptions' });
export type BacktestOptions = z.infer<typeof BacktestOptions>;

/** A config, the time to try it on, and how. */
export const BacktestRequest = z
  .object({
    canaryConfig: CanaryConfig.optional().describe('the config to try; absent: the stored one with `canaryConfigId`'),
    canaryConfigId: z
      .string()
      .optional()
      .describe('of a stored config: it lists the backtest, and its releases are meant, also where another is tried'),
    executionRequest: CanaryExecutionRequest.optional().describe(
      'as for a run; start and end of its scopes are those of the whole time, in which nothing changed; releases have ' +
        'scopes of their own, so that only thresholds remain',
    ),
    backtest: BacktestOptions,
  })
  .meta({ id: 'BacktestRequest' });

/** A release that went well: the run that passed, and its scopes, cut to the length of a window. */
export const PastRelease = z.object({ runId: z.string(), scopes: z.record(z.string(), CanaryScopePair) });
export type PastRelease = z.infer<typeof PastRelease>;

/** A backtest as stored. */
export interface Backtest {
  readonly id: string;
  readonly application: string;
  /** of the stored config that it is of; absent: it is of none */
  readonly canaryConfigId?: string | undefined;
  readonly config: CanaryConfig;
  readonly request: CanaryExecutionRequest;
  readonly options: BacktestOptions;
  /** with the arms `releases`: one for each window, newest first */
  readonly releases?: readonly PastRelease[] | undefined;
  readonly metricsAccountName: string;
  /** windows that the time has */
  readonly windows: number;
  /** the judge of the config first, then those beside it */
  readonly judges: readonly string[];
  /** known changes are tried in every n-th window */
  readonly everyWindow: number;
  readonly status: ExecutionStatus;
  readonly tally: BacktestTally;
  readonly exception?: ExecutionException | undefined;
  /** milliseconds since 1970 */
  readonly buildTime: number;
  readonly startTime?: number | undefined;
  readonly endTime?: number | undefined;
  /** why it cannot be read; absent: it can */
  readonly unreadable?: string | undefined;
}

const LineFields = {
  id: z.string(),
  application: z.string(),
  config: z.string().optional().describe('name of the config'),
  canaryConfigId: z.string().optional().describe('of the stored config; absent: of none'),
  status: ExecutionStatus,
  complete: z.boolean(),
  windows: z.object({ planned: z.number().int(), done: z.number().int() }).describe('how far it is'),
  falseAlarms: BinomialShare.describe("of the config's judge: windows so far with the verdict Fail"),
  buildTimeIso: z.string(),
  startTimeIso: z.string().optional(),
  endTimeIso: z.string().optional(),
};

/** A line of the list of backtests. */
export const BacktestLine = z.object(LineFields).meta({ id: 'BacktestLine' });
export type BacktestLine = z.infer<typeof BacktestLine>;

/** A backtest as answered. */
export const BacktestAnswer = z
  .object({
    ...LineFields,
    metricsAccountName: z.string(),
    canaryConfig: CanaryConfig.describe('as it was tried'),
    executionRequest: CanaryExecutionRequest,
    options: BacktestOptions,
    releases: z
      .array(z.string())
      .optional()
      .describe('with the arms `releases`: their runs, in the order of the windows'),
    exception: ExecutionException.optional().describe('why it could not go on'),
    report: BacktestReport.describe('of the windows so far'),
  })
  .meta({ id: 'Backtest' });
export type BacktestAnswer = z.infer<typeof BacktestAnswer>;
