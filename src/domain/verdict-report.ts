import { z } from 'zod';

/** What a pipeline is told. Only `pass` lets a release go on. */
export const VERDICT_WORDS = ['running', 'pass', 'marginal', 'fail', 'nodata', 'error', 'canceled'] as const;
export type VerdictName = (typeof VERDICT_WORDS)[number];

/** Names of failed metrics in a verdict. */
export const MOST_FAILED = 10;

const Threshold = z.number().nullable().describe('null: the request names none');

/** The outcome of a run or an analysis, small and always whole, for a pipeline to act on. */
export const VerdictReport = z
  .object({
    verdict: z
      .enum(VERDICT_WORDS)
      .describe(
        '`nodata`: judged, but there was too little to compare, and the config does not say that this fails; ' +
          '`error`: it could not be judged. Neither is ever `pass`',
      ),
    done: z.boolean().describe('false only with `running`'),
    score: z.number().nullable().describe('0 to 100 with `pass`, `marginal` and `fail`, else null'),
    thresholds: z
      .object({ pass: Threshold, marginal: Threshold })
      .describe('a score of at least `pass` passes, one of at least `marginal` is marginal'),
    reason: z.string().describe('one sentence for people, with sizes'),
    failed: z.array(z.string()).max(MOST_FAILED).describe('names of metrics that failed, the most important first'),
    counted: z.number().int().describe('metrics of the config that were compared and count'),
    metrics: z.number().int().describe('metrics of the config'),
    progress: z.number().min(0).max(1).describe('1 when done'),
    secondsLeft: z.number().nullable().describe('about how long it still takes; null: not known; 0 when done'),
    links: z.object({ report: z.string().describe('the page for people; a path where the address is too long') }),
  })
  .meta({ id: 'VerdictReport' });
export type VerdictReport = z.infer<typeof VerdictReport>;
