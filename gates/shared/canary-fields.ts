import { z } from 'zod';
import type { GateCanary } from '../../src/domain/gate.ts';
import { lengthOfTime } from '../../src/domain/values/length-of-time.ts';
import { Text } from '../../src/domain/values/text.ts';

const MOST_SECONDS = 86_400;
const MOST_MINUTES = 10_080;

const Scope = (example: string) =>
  z.string({ error: `is missing; write a text such as ${example}` }).min(1, 'must not be empty');
const Score = z
  .preprocess(
    (value) => (typeof value === 'string' && value.trim() !== '' ? Number(value) : value),
    z.number('write a score from 0 to 100, such as 95').min(0).max(100, 'write a score from 0 to 100, such as 95'),
  )
  .optional();

/** What to judge, for tools that pass on fields of ours. Numbers may be texts. */
export const CanaryFields = z
  .strictObject({
    controlScope: Scope('checkout-stable').describe('what the baseline is in the metrics'),
    experimentScope: Scope('checkout-canary').describe('what the canary is in the metrics'),
    location: z.string().optional().describe('region, zone or namespace, of both'),
    minutes: lengthOfTime({ unit: 'minutes', min: 1, max: MOST_MINUTES }).describe(
      'how long to watch from the first call on; also a duration such as 30m',
    ),
    step: lengthOfTime({ unit: 'seconds', min: 1, max: MOST_SECONDS })
      .optional()
      .describe('seconds between points, or a duration such as 1m; absent: 60'),
    metricsAccountName: z.string().optional().describe('absent: the first metrics store'),
    application: z.string().optional().describe('absent: the first of the config'),
    pass: Score.describe('absent: classifier.scoreThresholds of the config'),
    marginal: Score.describe('absent: classifier.scoreThresholds of the config'),
    params: z.record(z.string(), Text).optional().describe('variables of query templates'),
  })
  .meta({ id: 'GateCanaryFields' });
export type CanaryFields = z.infer<typeof CanaryFields>;

/** One window, from the first call on. */
export function canaryOf({ location, minutes, params = {}, pass, marginal, ...fields }: CanaryFields): GateCanary {
  return {
    ...fields,
    controlLocation: location,
    experimentLocation: location,
    extendedScopeParams: params,
    lastsMillis: minutes * 60_000,
    thresholds: { ...(pass === undefined ? {} : { pass }), ...(marginal === undefined ? {} : { marginal }) },
  };
}
