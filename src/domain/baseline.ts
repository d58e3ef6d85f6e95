import { z } from 'zod';
import { CanaryScope } from './canary-scope.ts';
import { OptionalInstant } from './values/instant.ts';
import { lengthOfTime } from './values/length-of-time.ts';

const YEAR_MINUTES = 527_040;
const Offset = lengthOfTime({ unit: 'minutes', min: 1, max: YEAR_MINUTES });

/** More windows would be asked of the store than anybody reads. */
export const MOST_WINDOWS = 14;

export const BASELINE_KINDS = ['earlier', 'goodReleases', 'sameAge'] as const;
export type BaselineKind = (typeof BASELINE_KINDS)[number];

/** A window of the past that a canary was compared with. */
export const BaselineWindow = z
  .object({
    name: z.string().describe('for people: `1 day earlier`'),
    runId: z.string().optional().describe('of an earlier release: the run that passed it'),
    scopes: z.record(z.string(), CanaryScope).describe('what was asked for, by the name of the pair of scopes'),
  })
  .meta({ id: 'BaselineWindow' });
export type BaselineWindow = z.infer<typeof BaselineWindow>;

/** That the baseline is history instead of something that runs beside the canary. */
export const Baseline = z
  .object({
    kind: z
      .enum(BASELINE_KINDS, { error: `must be one of ${BASELINE_KINDS.join(', ')}` })
      .describe(
        '`earlier`: the same minutes some time before; `goodReleases`: earlier releases that passed, at the same age; ' +
          '`sameAge`: another scope, counted from its own deployment',
      ),
    offsets: z
      .array(Offset)
      .min(1, 'give at least one, such as ["24h"]')
      .max(MOST_WINDOWS, `give at most ${MOST_WINDOWS}`)
      .optional()
      .describe('of `earlier`: how long before, one window each; minutes, or a duration such as `24h` or `7d`'),
    releases: z
      .number({ error: 'write how many releases, such as 3' })
      .int()
      .min(1, 'give at least 1')
      .max(MOST_WINDOWS, `give at most ${MOST_WINDOWS}`)
      .optional()
      .describe('of `goodReleases`: how many, newest first'),
    controlSince: OptionalInstant.describe('of `sameAge`: when the baseline was deployed'),
    experimentSince: OptionalInstant.describe(
      'of `sameAge`: when the canary was deployed; absent: at the start of its window',
    ),
    windows: z
      .array(BaselineWindow)
      .optional()
      .describe('written by the service at the start: the windows that it found; what a client writes is not read'),
    missing: z
      .array(z.string())
      .optional()
      .describe('written by the service: what it looked for and did not find, a sentence each'),
  })
  .meta({ id: 'Baseline' });
export type Baseline = z.infer<typeof Baseline>;
