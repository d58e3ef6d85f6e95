import { z } from 'zod';
import { lengthOfTime } from './values/length-of-time.ts';
import { VERDICT_WORDS, VerdictReport } from './verdict-report.ts';

const MAX_MINUTES = 527_040;
const MOST_SHARES = 100;
/** Nobody continues a ramp for so long: it has been forgotten. */
export const DEFAULT_RAMP_MINUTES = 10_080;

const share = z
  .number()
  .gt(0, 'must be above 0; a canary without traffic has nothing to judge')
  .max(100, 'must be at most 100, which is all of the traffic');

/** What makes an analysis a ramp: it judges whenever a share of the traffic is announced. */
export const Ramp = z
  .object({
    shares: z
      .array(share)
      .min(1)
      .max(MOST_SHARES)
      .optional()
      .describe(
        'percent of the traffic at each step, rising; the last one ends the ramp. Then each is judged once and the ' +
          'error budget is shared among them, which finds more. Absent: any that rise, each as often as asked, up to 100',
      ),
  })
  .meta({ id: 'Ramp' });
export type Ramp = z.infer<typeof Ramp>;

/** The next share of the traffic, as it is announced. */
export const RampStepRequest = z
  .object({
    share: share.describe('percent of the traffic that the canary gets from now on'),
    minutes: lengthOfTime({ unit: 'minutes', min: 1, max: MAX_MINUTES })
      .optional()
      .describe("how long it is watched before it is judged; absent: the ramp's `analysisIntervalMins`"),
    override: z
      .boolean()
      .default(false)
      .describe('true: announce it although the step before was not judged, or did not pass; the report says so'),
  })
  .meta({ id: 'RampStepRequest' });
export type RampStepRequest = z.infer<typeof RampStepRequest>;

/** A step as stored, with each of its judgements. Times are milliseconds since 1970. */
export const RampStep = z.object({
  /** from 1; a step that is judged again keeps it */
  number: z.number(),
  share: z.number(),
  minutes: z.number(),
  /** when this judgement of it was asked for */
  announcedAt: z.number(),
  key: z.string().optional(),
  /** announced although the step before had not passed */
  overrides: z.boolean().optional(),
});
export type RampStep = z.infer<typeof RampStep>;

/** A step as the API shows it. */
export const RampStepView = z
  .object({
    number: z.number().int().describe('from 1; a step that is judged again keeps it'),
    share: z.number().describe('percent of the traffic that the canary gets'),
    minutes: z.number().describe('how long it is watched before it is judged'),
    announcedTimeIso: z.string(),
    announcedTimeMillis: z.number().int(),
    overrides: z.boolean().describe('it was announced although the step before had not passed'),
  })
  .meta({ id: 'RampStep' });
export type RampStepView = z.infer<typeof RampStepView>;

/** Whether a ramp may go on: small and always whole, for a script to act on. */
export const NextStep = z
  .object({
    go: z
      .enum(['yes', 'wait', 'no'])
      .describe(
        '`yes` only when the latest step was judged, and passed; `wait`: ask again; `no`: it will not become yes',
      ),
    rollback: z.boolean().describe('the latest step failed: take the traffic away'),
    verdict: z.enum(VERDICT_WORDS).describe('of the latest step; `running` before it is judged, and before the first'),
    done: z.boolean().describe('the ramp has ended, so no step can follow; with `yes`, promote the canary'),
    reason: z.string().describe('for people'),
    step: RampStepView.nullable().describe('the latest; null: none was announced'),
    nextShare: z
      .number()
      .nullable()
      .describe('what comes next of the shares that were planned; null: none, or no plan'),
    ...{ score: VerdictReport.shape.score, thresholds: VerdictReport.shape.thresholds },
    ...{ failed: VerdictReport.shape.failed },
    secondsLeft: z.number().nullable().describe('about how long until it is judged; null: not known; 0: it was'),
    minutesNeeded: z
      .number()
      .nullable()
      .describe(
        'about so many more minutes at this share until a change of the allowed size would be found in every metric; ' +
          'null: not known, or never',
      ),
    links: z.object({
      report: z.string().describe('the page of the ramp; a path where the address is too long'),
      judgement: z.string().nullable().describe("the page of the latest step's judgement; null: there is none yet"),
    }),
  })
  .meta({ id: 'NextStep' });
export type NextStep = z.infer<typeof NextStep>;
