import { z } from 'zod';
import type { GateCanary } from '../src/domain/gate.ts';
import { Instant, instantMillis } from '../src/domain/values/instant.ts';
import { lengthOfTime } from '../src/domain/values/length-of-time.ts';

const MOST_SECONDS = 86_400;
const MOST_CHARACTERS = 253;
/** Metadata whose keys begin so are variables of query templates. */
const VARIABLE = 'param.';

const Name = z.string().min(1, 'must not be empty').max(MOST_CHARACTERS);
const Scope = z.string({ error: 'is missing; write a text such as podinfo-primary' }).min(1, 'must not be empty');
const Score = z
  .string()
  .regex(/^\d{1,3}(\.\d+)?$/, 'write a score from 0 to 100, such as 95')
  .transform(Number)
  .pipe(z.number().max(100, 'write a score from 0 to 100, such as 95'))
  .optional();
/** A moment that stays the same however often the hook is called. */
const Moment = z
  .union([z.string(), z.number()])
  .refine(
    (moment) => !/^\s*now/i.test(`${moment}`),
    'changes with every call; leave it out to judge the rollout up to now',
  )
  .pipe(Instant)
  .optional();

/** A text, as all metadata. */
const Step = z
  .string()
  .transform((text): unknown => text)
  .pipe(lengthOfTime({ unit: 'seconds', min: 1, max: MOST_SECONDS }));

const Known = z.looseObject({
  controlScope: Scope.describe('what the baseline is in the metrics: podinfo-primary'),
  experimentScope: Scope.describe('what the canary is in the metrics: podinfo'),
  location: z.string().optional().describe('region, zone or namespace, of both'),
  step: Step.optional().describe('seconds between points, or a duration such as 1m; absent: 60'),
  metricsAccountName: z.string().optional().describe('absent: the first metrics store'),
  application: z.string().optional().describe('absent: the first of the config'),
  start: Moment.describe('absent: when the first hook that judges was called'),
  end: Moment.describe('absent: judged up to now, at every call anew; present: judged once, when it has come'),
  pass: Score.describe('absent: classifier.scoreThresholds of the config'),
  marginal: Score.describe('absent: classifier.scoreThresholds of the config'),
});

/** What a hook is told in `metadata`, whose values are texts. Further variables of queries: `param.cluster: eu-1`. */
export const FlaggerMetadata = Known.superRefine((metadata, context) => {
  for (const key of Object.keys(metadata)) {
    if (Object.hasOwn(Known.shape, key) || key.startsWith(VARIABLE)) continue;
    const message = `is not known; known: ${Object.keys(Known.shape).join(', ')}, and ${VARIABLE}* for variables of queries`;
    context.addIssue({ code: 'custom', path: [key], message, input: metadata[key] });
  }
});
type FlaggerMetadata = z.infer<typeof FlaggerMetadata>;

/** What Flagger sends with every hook. */
const Common = z.looseObject({
  name: Name.describe('of the Canary'),
  namespace: Name,
  phase: z.string().default('').describe('Initializing, Progressing, WaitingPromotion, Succeeded, Failed, …'),
  checksum: z.string().min(1, 'must not be empty').describe('of the spec that is rolled out'),
});

/** A hook that judges. */
export const FlaggerCall = Common.extend({ metadata: FlaggerMetadata }).meta({ id: 'FlaggerCall' });

/** A hook that only tells or asks. */
export const FlaggerNotice = Common.extend({ metadata: z.record(z.string(), z.string()).optional() }).meta({
  id: 'FlaggerNotice',
});
export type FlaggerCall = z.infer<typeof FlaggerCall>;
export type FlaggerNotice = z.infer<typeof FlaggerNotice> | FlaggerCall;

/** What to judge, as the metadata says it. */
export function canaryOf(metadata: FlaggerMetadata): GateCanary {
  const { controlScope, experimentScope, location, step, metricsAccountName, application } = metadata;
  const { start, end, pass, marginal } = metadata;
  const variables = Object.entries(metadata).filter(([key]) => key.startsWith(VARIABLE));
  return {
    ...{ controlScope, experimentScope, controlLocation: location, experimentLocation: location, step },
    ...{ metricsAccountName, application },
    extendedScopeParams: Object.fromEntries(variables.map(([key, value]) => [key.slice(VARIABLE.length), `${value}`])),
    startMillis: start === undefined ? undefined : instantMillis(start),
    endMillis: end === undefined ? undefined : instantMillis(end),
    thresholds: { ...(pass === undefined ? {} : { pass }), ...(marginal === undefined ? {} : { marginal }) },
  };
}
