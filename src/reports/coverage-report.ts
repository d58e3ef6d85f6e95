import { z } from 'zod';
import { type CoveredResult, coverageInWords, coverageOf, isOverNothing, silenceInWords } from '../domain/coverage.ts';

/** How many metrics could be judged. */
export const CoverageReport = z
  .object({
    judged: z.number().int(),
    of: z.number().int().describe('metrics that are not muted'),
    text: z.string().describe('18 of 20 metrics could be judged'),
    silence: z.string().optional().describe('which side had no data in any metric'),
    unpaired: z.string().optional().describe('why series pair with none of the other side; absent: all do'),
    overNothing: z
      .boolean()
      .describe('no metric could be judged, or one side had no data at all: a pass then says nothing'),
  })
  .meta({ id: 'CoverageReport' });
export type CoverageReport = z.infer<typeof CoverageReport>;

/** @param unreported metrics of which the judge said nothing */
export function reportCoverage(results: readonly CoveredResult[], unreported = 0): CoverageReport {
  const coverage = coverageOf(results, unreported);
  const { judged, of } = coverage;
  return {
    judged,
    of,
    text: coverageInWords(coverage),
    silence: silenceInWords(coverage),
    unpaired: results.find(({ evidence }) => evidence?.unpaired !== undefined)?.evidence?.unpaired,
    overNothing: isOverNothing(coverage),
  };
}
