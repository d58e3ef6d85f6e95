import { z } from 'zod';
import { type Gate, type GateCall, type GateCanary, gateRoute } from '../src/domain/gate.ts';
import { Instant, instantMillis } from '../src/domain/values/instant.ts';
import { VerdictReport } from '../src/domain/verdict-report.ts';

const Params = z.object({ config: z.string().describe('id of a stored config, or its name where only one has it') });
const Text = z.string().min(1, 'must not be empty');
const MINUTE_MILLIS = 60_000;
const MOST_MINUTES = 40_000;
/** Argo fills its arguments into texts. */
const number = (example: number) => z.coerce.number({ error: `write a number, such as ${example}` });
const Score = number(95).min(0).max(100).optional();

/** What a metric of an AnalysisTemplate sends. */
const ArgoCall = z
  .strictObject({
    key: Text.max(500).describe('what is released: namespace, rollout, pod hash and step'),
    controlScope: Text.describe('what the baseline is in the metrics'),
    experimentScope: Text.describe('what the canary is in the metrics'),
    location: z.string().optional().describe('region, zone or namespace, of both'),
    step: number(60).int().min(1).max(86_400).optional().describe('seconds between points; absent: 60'),
    minutes: number(15)
      .positive()
      .max(MOST_MINUTES)
      .optional()
      .describe('judges so many minutes from the first call on; give this, or start and end'),
    start: Instant.optional(),
    end: Instant.optional(),
    pass: Score.describe('absent: classifier.scoreThresholds of the config'),
    marginal: Score.describe('absent: classifier.scoreThresholds of the config'),
    application: z.string().optional().describe('absent: the first of the config'),
    metricsAccountName: z.string().optional().describe('absent: the first metrics store'),
    variables: z.record(z.string(), z.string()).optional().describe('further variables of queries'),
  })
  .refine(({ minutes, end }) => (minutes === undefined) !== (end === undefined), {
    path: ['minutes'],
    error: 'write how long to judge, such as 15, or start and end instead',
  })
  .meta({ id: 'ArgoCall' });
type ArgoCall = z.infer<typeof ArgoCall>;

type Call = GateCall<z.infer<typeof Params>, unknown, ArgoCall>;

/** The verdict was told. */
const TOLD = 'told';
/** Argo asks again within this time, or the AnalysisRun that asked is over: the next call is another one's. */
const SILENCE_MILLIS = 300_000;

/**
 * The `web` metric provider of Argo Rollouts, which sends the same POST at every interval: the first starts the judgement,
 * each is answered with the verdict as it then stands. Conditions are written on `result.verdict`.
 *
 * Source: metricproviders/webmetric of github.com/argoproj/argo-rollouts 1.8.
 */
export const argo: Gate = {
  name: 'argo',
  isGo: ({ status, body }) => status === 200 && (body as Partial<VerdictReport>).verdict === 'pass',
  routes: [
    gateRoute<Call['params'], Call['query'], ArgoCall>({
      method: 'POST',
      path: '/hooks/argo/:config',
      permission: 'runs.start',
      role: 'holds',
      operationId: 'judgeForArgo',
      summary: 'Argo Rollouts: judge, and tell the verdict',
      description:
        'For a `web` metric: the first call starts the judgement, each is answered at once with the verdict as it then ' +
        'stands. Write `result.verdict == "pass"` as successCondition, never `!= "fail"`.',
      Params,
      Body: ArgoCall,
      replies: { 200: { description: 'the verdict so far', schema: VerdictReport } },
      toAsk: ({ params, body }) => ({
        key: [params.config, body.key],
        config: params.config,
        act: 'judge',
        overAfter: [TOLD],
        graceMillis: SILENCE_MILLIS,
        canary: canaryOf(body),
      }),
      toReply: ({ verdict, nowMillis }) => ({
        status: 200,
        body: verdict ?? NOT_BEGUN,
        ...(verdict?.done ? { remember: { [TOLD]: nowMillis } } : {}),
      }),
    }),
  ],
};

function canaryOf({
  start,
  end,
  minutes,
  location,
  pass,
  marginal,
  variables,
  key: _,
  ...canary
}: ArgoCall): GateCanary {
  return {
    ...canary,
    ...(minutes === undefined ? {} : { lastsMillis: minutes * MINUTE_MILLIS }),
    ...(location === undefined ? {} : { controlLocation: location, experimentLocation: location }),
    ...(variables === undefined ? {} : { extendedScopeParams: variables }),
    ...(start === undefined ? {} : { startMillis: instantMillis(start) }),
    ...(end === undefined ? {} : { endMillis: instantMillis(end) }),
    thresholds: { ...(pass === undefined ? {} : { pass }), ...(marginal === undefined ? {} : { marginal }) },
  };
}

/** As whole as every other verdict. */
const NOT_BEGUN: VerdictReport = {
  ...{ verdict: 'running', done: false, score: null, thresholds: { pass: null, marginal: null } },
  ...{ reason: 'The judgement has not begun.', failed: [], counted: 0, metrics: 0, progress: 0, secondsLeft: null },
  links: { report: '/' },
};
