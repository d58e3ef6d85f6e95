import { z } from 'zod';
import { CanaryJudgeConfig } from './canary-config.ts';
import { CLASSIFICATIONS } from './canary-judge-result.ts';
import { ScoreDouble } from './values/double.ts';
import { Instant } from './values/instant.ts';

/** Who judges stored series again. */
export const JudgeChoice = CanaryJudgeConfig.extend({
  name: z.string().optional().describe("a judge; absent: the one each run's config names"),
}).meta({ id: 'JudgeChoice' });
export type JudgeChoice = z.infer<typeof JudgeChoice>;

/** So many runs are judged again in one request. */
export const MOST_JUDGED_AGAIN = 1000;

export const JudgeDiffRequest = z
  .object({
    left: JudgeChoice.optional().describe('absent: the verdict each run ended with, which is not judged again'),
    right: JudgeChoice.describe('who judges again'),
    application: z.string().optional().describe('only runs of this application; absent: of all'),
    canaryConfigId: z.string().optional().describe('only runs of this stored config, or `ad-hoc`'),
    from: Instant.optional().describe('only runs accepted at or after this'),
    to: Instant.optional().describe('only runs accepted before this'),
    limit: z
      .number()
      .int()
      .min(1)
      .max(MOST_JUDGED_AGAIN)
      .default(200)
      .describe('how many runs that ended with a verdict, newest first'),
    cursor: z.string().optional().describe('`cursor` of the previous answer: goes on behind its last run'),
  })
  .meta({ id: 'JudgeDiffRequest' });
export type JudgeDiffRequest = z.infer<typeof JudgeDiffRequest>;

/** What a canary ended with, in a word. */
export const JUDGED_VERDICTS = ['Pass', 'Marginal', 'Fail', 'Nothing judged'] as const;
export const JudgedVerdict = z
  .enum(JUDGED_VERDICTS)
  .describe('`Nothing judged`: a pass of which no metric, or only one side, had data');
export type JudgedVerdict = z.infer<typeof JudgedVerdict>;

const JudgedSide = z
  .object({ judge: z.string(), verdict: JudgedVerdict, score: ScoreDouble, reason: z.string() })
  .meta({ id: 'JudgedSide' });
export type JudgedSide = z.infer<typeof JudgedSide>;

const ChangedMetric = z
  .object({
    name: z.string(),
    tags: z.record(z.string(), z.string()).optional(),
    left: z.enum(CLASSIFICATIONS).optional().describe('absent: it has no such metric'),
    right: z.enum(CLASSIFICATIONS).optional(),
    leftReason: z.string().optional().describe("the judge's own sentence"),
    rightReason: z.string().optional(),
  })
  .meta({ id: 'ChangedMetric' });
export type ChangedMetric = z.infer<typeof ChangedMetric>;

/** A stored run under two judges. */
export const RunUnderJudges = z
  .object({
    runId: z.string(),
    application: z.string(),
    canaryConfigId: z.string(),
    config: z.string().optional().describe('the name of its config'),
    buildTimeIso: z.string(),
    left: JudgedSide.optional(),
    right: JudgedSide.optional(),
    changed: z.boolean().describe('whether the verdicts differ'),
    metrics: z.array(ChangedMetric).describe('those that the two classify differently'),
    notJudged: z.string().optional().describe('why one of them could not judge it; absent: both did'),
  })
  .meta({ id: 'RunUnderJudges' });
export type RunUnderJudges = z.infer<typeof RunUnderJudges>;

export const JudgeDiffTotals = z
  .object({
    runs: z.number().int(),
    changed: z.number().int().describe('runs whose verdict differs'),
    notJudged: z.number().int().describe('runs that one of the two could not judge; they are in no other number'),
    verdicts: z
      .array(z.object({ left: JudgedVerdict, right: JudgedVerdict, runs: z.number().int() }))
      .describe('how many runs have which verdicts; pairs that none has are left out'),
    configs: z
      .array(
        z.object({
          canaryConfigId: z.string(),
          config: z.string().optional(),
          runs: z.number().int(),
          changed: z.number().int(),
        }),
      )
      .describe('those with most changed verdicts first'),
  })
  .meta({ id: 'JudgeDiffTotals' });
export type JudgeDiffTotals = z.infer<typeof JudgeDiffTotals>;

export const JudgeDiff = z
  .object({
    totals: JudgeDiffTotals.describe('of the runs in this answer'),
    runs: z.array(RunUnderJudges).describe('newest first'),
    cursor: z.string().optional().describe('there may be more: send it to go on; absent: there are none'),
  })
  .meta({ id: 'JudgeDiff' });
export type JudgeDiff = z.infer<typeof JudgeDiff>;

/** A stored run judged once more as it was. */
export const Replay = z
  .object({
    runId: z.string(),
    same: z.boolean().describe('whether the result is the stored one, byte for byte'),
    differsAt: z.string().optional().describe('the first field that differs: `results[2].evidence.pValue`'),
    stored: z.string().optional().describe('what is stored there, as JSON, cut where it is long'),
    replayed: z.string().optional().describe('what came out now'),
    notReplayed: z.string().optional().describe('why it could not be judged again'),
    version: z.string().describe('of this Haldane'),
    judgedByVersion: z.string().optional().describe('of the Haldane that judged it; absent: older ones did not say'),
    mayDiffer: z
      .array(z.string())
      .describe('what a judge may have seen then that is not stored with the run; empty: nothing'),
  })
  .meta({ id: 'Replay' });
export type Replay = z.infer<typeof Replay>;
