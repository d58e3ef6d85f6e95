import { z } from 'zod';
import { CanaryJudgeResult, CLASSIFICATIONS } from './canary-judge-result.ts';
import { ExecutionException } from './run.ts';

/** The verdicts of two judges on the same series. */
export const JudgeComparison = z
  .object({
    comparisonResult: z
      .object({
        judge1Result: CanaryJudgeResult,
        judge2Result: CanaryJudgeResult,
        differences: z
          .array(
            z.object({
              name: z.string(),
              id: z.string().optional(),
              judge1: z.enum(CLASSIFICATIONS).optional(),
              judge2: z.enum(CLASSIFICATIONS).optional(),
            }),
          )
          .describe("the metrics the judges classify differently; not part of Kayenta's API"),
      })
      .optional(),
    exceptions: z
      .record(z.string(), ExecutionException)
      .optional()
      .describe('by stage: `Perform Analysis with Judge 1`, or 2'),
  })
  .meta({ id: 'JudgeComparison' });
export type JudgeComparison = z.infer<typeof JudgeComparison>;
