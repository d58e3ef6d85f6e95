import { z } from 'zod';
import { OptionalInstant } from './values/instant.ts';
import { lengthOfTime } from './values/length-of-time.ts';
import { Text } from './values/text.ts';

const StepSeconds = lengthOfTime({ unit: 'seconds', min: -2_147_483_648, max: 2_147_483_647 });

/** Where and when to measure one side. */
export const CanaryScope = z
  .object({
    scope: Text.optional().describe('what is measured: a version, a deployment, a pod pattern'),
    location: Text.optional().describe('region or zone'),
    start: OptionalInstant.describe('start of the window, inclusive'),
    end: OptionalInstant.describe('end of the window, exclusive'),
    step: StepSeconds.optional().describe('seconds between points; also a duration, such as `60s` or `1m`'),
    extendedScopeParams: z.record(z.string(), Text).optional().describe('further variables for query templates'),
  })
  .meta({ id: 'CanaryScope' });
export type CanaryScope = z.infer<typeof CanaryScope>;

export const CanaryScopePair = z
  .object({
    controlScope: CanaryScope.optional().describe('of the baseline'),
    experimentScope: CanaryScope.optional().describe('of the canary'),
  })
  .meta({ id: 'CanaryScopePair' });
export type CanaryScopePair = z.infer<typeof CanaryScopePair>;

/** The two sides of a comparison: "baseline" and "canary" in texts for people. */
export const SIDES = ['control', 'experiment'] as const;
export type Side = (typeof SIDES)[number];
