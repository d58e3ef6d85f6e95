import { spawn } from 'node:child_process';
import { cpSync, existsSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { json, text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { releaseJudge } from '../support/http/release-judge.ts';
import type { TestService } from '../support/http/test-service.ts';
import { startLoopback } from '../support/servers/loopback-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const EXAMPLES = resolve('openapi/examples/integrations');
const MODULES = resolve('node_modules/.cache/contract/node_modules');
const hasSdk = existsSync(join(MODULES, '@aws-sdk/client-codedeploy'));
const missing = 'no SDK of AWS; test/tools/install-contract-tools.sh gets it';
if (!hasSdk && process.env.CI) throw new Error(missing);
if (!hasSdk) console.warn(`skipped: ${missing}`);

const CANARY = { controlScope: 'checkout-blue', experimentScope: 'checkout-green', minutes: 30 };
const ecsEvent = (deployment: string) => ({
  executionId: 'e8d5a28f-eb01-4f3c-9454-a30ba6dc54bc',
  lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT',
  resourceArn: `arn:aws:ecs:us-west-2:123456789012:service-deployment/my-cluster/my-service/${deployment}`,
  executionDetails: {
    serviceArn: 'arn:aws:ecs:us-west-2:123456789012:service/my-cluster/my-service',
    targetServiceRevisionArn: 'arn:aws:ecs:us-west-2:123456789012:service-revision/my-cluster/my-service/9313',
    testTrafficWeights: {},
    productionTrafficWeights: {},
  },
  hookDetails: { haldane: CANARY },
});
const deployEvent = (deployment: string) => ({
  DeploymentId: deployment,
  LifecycleEventHookExecutionId: 'eyJlbmNyeXB0ZWREYXRhIjoi',
});

const judgeRelease = releaseJudge();
const folder = temporaryDirectory();
let service: TestService;
let url = 'http://127.0.0.1:9';

interface Told {
  readonly path: string;
  readonly target: unknown;
  readonly authorization: string;
  readonly body: unknown;
}
const told: Told[] = [];
/** Answers as CodeDeploy and Lambda do. */
const aws = await startLoopback(async (request, response) => {
  const { 'x-amz-target': target, authorization = '' } = request.headers;
  told.push({ path: request.url ?? '', target, authorization, body: await json(request) });
  response.writeHead(target === undefined ? 202 : 200, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(target === undefined ? '' : JSON.stringify({ lifecycleEventHookExecutionId: 'e' }));
});

beforeAll(() => {
  cpSync(EXAMPLES, folder, { recursive: true });
  symlinkSync(MODULES, join(folder, 'node_modules'));
});
afterEach(() => service?.close());
afterAll(() => aws.stop());

/** A service whose hook was first called an hour ago, and which judges now. */
async function judged(...asked: Parameters<typeof judgeRelease>): Promise<void> {
  service = await judgeRelease(...asked);
  url = await service.http.listen({ port: 0, host: '127.0.0.1' });
}

const CALL = `
  const { handler } = await import(process.env.SAMPLE);
  const context = { functionName: 'canary-gate', getRemainingTimeInMillis: () => Number(process.env.REMAINING) };
  console.log(JSON.stringify(await handler(JSON.parse(process.env.EVENT), context)));`;

/** Calls a function as Lambda does. @returns what it returns */
async function call(sample: string, event: object, variables: Record<string, string> = {}): Promise<unknown> {
  const env = {
    ...{ PATH: process.env.PATH, SAMPLE: join(folder, sample), EVENT: JSON.stringify(event), REMAINING: '900000' },
    ...{ HALDANE_URL: url, HALDANE_CONFIG: 'checkout-latency', HALDANE_CANARY: JSON.stringify(CANARY) },
    ...{ AWS_REGION: 'us-west-2', AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' },
    ...{ AWS_ENDPOINT_URL: aws.baseUrl, ...variables },
  };
  const child = spawn(process.execPath, ['--input-type=module', '-e', CALL], { cwd: folder, env });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

describe('the function for ECS', () => {
  it.each([
    ['Pass', 'SUCCEEDED'],
    ['Fail', 'FAILED'],
  ] as const)('returns what a %s means, and before that to be asked again', async (verdict, status) => {
    const event = ecsEvent(verdict);
    await judged(verdict, 'aws-ecs', event);
    const wait = await call('aws-ecs-hook.mjs', ecsEvent(`${verdict}-other`));
    expect(wait).toMatchObject({ hookStatus: 'IN_PROGRESS', callBackDelay: 300 });
    await expect
      .poll(() => call('aws-ecs-hook.mjs', event), { timeout: 20_000 })
      .toMatchObject({ hookStatus: status, hookDetails: { haldaneReport: expect.stringContaining(url) } });
  });

  it('waits while Haldane cannot be reached, and goes back where it refuses', async () => {
    const gone = await call('aws-ecs-hook.mjs', ecsEvent('x'), { HALDANE_URL: 'http://127.0.0.1:9' });
    expect(gone).toEqual({ hookStatus: 'IN_PROGRESS', callBackDelay: 30 });
    await judged('Pass', 'aws-ecs', ecsEvent('y'));
    const refused = await call('aws-ecs-hook.mjs', { ...ecsEvent('x'), hookDetails: {} });
    expect(refused).toEqual({ hookStatus: 'FAILED' });
  });
});

describe.runIf(hasSdk)('the function for CodeDeploy, with the SDK of AWS', () => {
  it.each([
    ['Pass', 'Succeeded'],
    ['Fail', 'Failed'],
  ] as const)('tells CodeDeploy what a %s means, signed', async (verdict, status) => {
    const event = deployEvent(`d-${verdict}`);
    await judged(verdict, 'aws-codedeploy', { ...event, canary: CANARY });
    await service.http.inject('/canary/executions?application=*&wait=1s');
    await expect
      .poll(async () => {
        const asked = { ...event, canary: CANARY };
        const url = '/hooks/aws-codedeploy/checkout-latency';
        return (await service.http.inject({ method: 'POST', url, payload: asked })).json().status;
      })
      .toBe(status);
    told.length = 0;
    await call('aws-codedeploy-hook.mjs', event);
    expect(told).toEqual([
      {
        path: '/',
        target: 'CodeDeploy_20141006.PutLifecycleEventHookExecutionStatus',
        authorization: expect.stringMatching(
          /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/us-west-2\/codedeploy\/aws4_request, SignedHeaders=/,
        ),
        body: {
          deploymentId: `d-${verdict}`,
          lifecycleEventHookExecutionId: 'eyJlbmNyeXB0ZWREYXRhIjoi',
          status,
        },
      },
    ]);
    const runs = (await service.http.inject('/canary/executions?application=*')).json();
    const noted = runs.flatMap((run: { deliveries?: unknown[] }) => run.deliveries ?? []);
    expect(noted).toContainEqual({ at: expect.any(String), receiver: 'CodeDeploy', status: 200 });
  });

  it('calls itself before its time is over, and tells CodeDeploy nothing yet', async () => {
    await judged('Pass', 'aws-codedeploy', { ...deployEvent('d-first'), canary: CANARY });
    told.length = 0;
    const event = deployEvent('d-new');
    await call('aws-codedeploy-hook.mjs', event, { REMAINING: '40000' });
    expect(told).toMatchObject([{ path: '/2015-03-31/functions/canary-gate/invocations', body: event }]);
  });
});
