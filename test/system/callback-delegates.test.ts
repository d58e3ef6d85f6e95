import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac, createVerify, generateKeyPairSync } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { releaseJudge } from '../support/http/release-judge.ts';
import type { TestService } from '../support/http/test-service.ts';
import { startLoopback } from '../support/servers/loopback-server.ts';
import { freePort } from '../support/servers/prometheus-server.ts';

const CANARY = { controlScope: 'checkout-stable', experimentScope: 'checkout-canary', minutes: 30 };
const PLAN = { project: '1f1c9f4a', plan: '58ec0bd2', job: '3a7e60dc', task: '61153303' };
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

const judgeRelease = releaseJudge();
let service: TestService;
let child: ChildProcess | undefined;

interface Received {
  readonly url: string;
  readonly authorization: string;
  readonly body: Record<string, unknown>;
}
let received: Received[] = [];
let failures = 0;
/** Azure and GitHub: takes nothing at first where it is to fail. */
const other = await startLoopback(async (request: IncomingMessage, response) => {
  const { url = '', headers } = request;
  received.push({ url, authorization: headers.authorization ?? '', body: JSON.parse(await text(request)) });
  if (failures-- > 0) return response.writeHead(503).end();
  response.writeHead(url.endsWith('/access_tokens') ? 201 : 200).end(JSON.stringify({ token: 'ghs_installation' }));
});
afterEach(async () => {
  child?.kill();
  await service.close();
  received = [];
  failures = 0;
});
afterAll(() => other.stop());

/** @returns the address of a service whose hook was first called an hour ago, and which judges now */
async function judged(...asked: Parameters<typeof judgeRelease>): Promise<string> {
  service = await judgeRelease(...asked);
  return service.http.listen({ port: 0, host: '127.0.0.1' });
}

/** Whom the runs say that their verdicts were handed to. */
async function deliveries(): Promise<unknown[]> {
  const runs = (await service.http.inject('/canary/executions?application=*')).json();
  return runs.flatMap((run: { deliveries?: unknown[] }) => run.deliveries ?? []);
}

/** Starts an example. @returns its address */
async function start(example: string, variables: Record<string, string>): Promise<string> {
  const port = await freePort();
  const env = { PATH: process.env.PATH, PORT: `${port}`, HALDANE_CONFIG: 'checkout-latency', PAUSE_MILLIS: '50' };
  const file = resolve(join('openapi/examples/integrations', example));
  const started = spawn(process.execPath, [file], {
    env: { ...env, ...variables },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  child = started;
  await new Promise<void>((ready) => createInterface(started.stdout).once('line', () => ready()));
  return `http://127.0.0.1:${port}`;
}

describe('the asynchronous check of Azure Pipelines', () => {
  const headersOf = (job: string) => ({
    'content-type': 'application/json',
    ...{ PlanUrl: `${other.baseUrl}/my-org/`, ProjectId: PLAN.project, HubName: 'checks', PlanId: PLAN.plan },
    ...{ JobId: job, TimelineId: 'ec7d52f5', TaskInstanceId: PLAN.task, AuthToken: 'pipeline-token' },
  });
  const azure = { AZURE_HOSTS: new URL(other.baseUrl).host, AZURE_PLAIN_HTTP: 'true' };

  it.each([
    ['Pass', 'succeeded'],
    ['Fail', 'failed'],
  ] as const)('acknowledges at once, and tells Azure later what a %s means', async (verdict, result) => {
    const job = `${PLAN.job}-${verdict}`;
    const asked = { ProjectId: PLAN.project, PlanId: PLAN.plan, JobId: job, canary: CANARY };
    const haldane = await judged(verdict, 'azure-pipelines', asked);
    const delegate = await start('azure-check-callback.mjs', { HALDANE_URL: haldane, ...azure });
    failures = 1;
    const begun = performance.now();
    const body = JSON.stringify(CANARY);
    const answer = await fetch(delegate, { method: 'POST', headers: headersOf(job), body });
    expect(answer.status).toBe(202);
    expect(performance.now() - begun).toBeLessThan(3000);
    await expect.poll(() => received.length, { timeout: 20_000 }).toBe(2);
    expect(new Set(received.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(received[0]).toEqual({
      url: `/my-org/${PLAN.project}/_apis/distributedtask/hubs/checks/plans/${PLAN.plan}/events?api-version=7.1`,
      authorization: `Basic ${Buffer.from(':pipeline-token').toString('base64')}`,
      body: { name: 'TaskCompleted', taskId: PLAN.task, jobId: job, result },
    });
    const receiver = new URL(other.baseUrl).host;
    await expect
      .poll(deliveries, { timeout: 10_000 })
      .toContainEqual({ at: expect.any(String), receiver, status: 200 });
  });

  it('sends the token to no other host, and fails what Haldane refuses', async () => {
    const haldane = await judged('Pass', 'azure-pipelines', {});
    const delegate = await start('azure-check-callback.mjs', { HALDANE_URL: haldane, AZURE_PLAIN_HTTP: 'true' });
    const foreign = await fetch(delegate, { method: 'POST', headers: headersOf('x'), body: '{}' });
    expect([foreign.status, await foreign.text()]).toEqual([400, expect.stringContaining('is not in AZURE_HOSTS')]);
    child?.kill();
    const open = await start('azure-check-callback.mjs', { HALDANE_URL: haldane, ...azure });
    await fetch(open, { method: 'POST', headers: headersOf('x'), body: '{}' });
    await expect.poll(() => received.map(({ body }) => body.result), { timeout: 10_000 }).toEqual(['failed']);
  });
});

describe('the deployment protection rule of GitHub', () => {
  const event = (id: number) => ({
    ...{ action: 'requested', environment: 'production', event: 'push' },
    deployment_callback_url: `${other.baseUrl}/repos/octo-org/checkout/actions/runs/12/deployment_protection_rule`,
    ...{ deployment: { id, sha: '6dcb09b5' }, repository: { id: 1, full_name: 'octo-org/checkout' } },
    installation: { id: 5 },
  });
  const app = {
    ...{ GITHUB_API_URL: other.baseUrl, GITHUB_APP_ID: '99', GITHUB_WEBHOOK_SECRET: 'hook-secret' },
    GITHUB_APP_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    HALDANE_CANARY: JSON.stringify(CANARY),
  };

  async function deliver(address: string, body: string, secret = 'hook-secret'): Promise<number> {
    const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
    const headers = { 'x-github-event': 'deployment_protection_rule', 'x-hub-signature-256': signature };
    return (await fetch(address, { method: 'POST', headers, body })).status;
  }

  it.each([
    ['Pass', 'approved', 1],
    ['Fail', 'rejected', 2],
  ] as const)('gets a review that says what a %s means, as the app', async (verdict, state, id) => {
    const haldane = await judged(verdict, 'github', { ...event(id), canary: CANARY });
    const delegate = await start('github-protection-rule.mjs', { HALDANE_URL: haldane, ...app });
    expect(await deliver(delegate, JSON.stringify(event(id)))).toBe(202);
    await expect.poll(() => received.length, { timeout: 20_000 }).toBe(2);
    const [asked, review] = received;
    expect(asked?.url).toBe('/app/installations/5/access_tokens');
    const [head, claims, signature = ''] = (asked?.authorization ?? '').replace('Bearer ', '').split('.');
    const verifier = createVerify('RSA-SHA256').update(`${head}.${claims}`);
    expect(verifier.verify(publicKey, signature, 'base64url')).toBe(true);
    const { iss, iat, exp } = JSON.parse(Buffer.from(claims ?? '', 'base64url').toString());
    expect([iss, exp - iat <= 600]).toEqual(['99', true]);
    expect(review).toEqual({
      url: '/repos/octo-org/checkout/actions/runs/12/deployment_protection_rule',
      authorization: 'Bearer ghs_installation',
      body: { environment_name: 'production', state, comment: expect.stringContaining(`${haldane}/reports/`) },
    });
    const receiver = new URL(other.baseUrl).host;
    await expect
      .poll(deliveries, { timeout: 10_000 })
      .toContainEqual({ at: expect.any(String), receiver, status: 200 });
  });

  it('is asked by GitHub alone, and answers GitHub alone', async () => {
    const haldane = await judged('Pass', 'github', { ...event(3), canary: CANARY });
    const delegate = await start('github-protection-rule.mjs', { HALDANE_URL: haldane, ...app });
    expect(await deliver(delegate, JSON.stringify(event(3)), 'guessed')).toBe(401);
    const foreign = { ...event(3), deployment_callback_url: 'http://127.0.0.1:9/repos/x' };
    expect(await deliver(delegate, JSON.stringify(foreign))).toBe(202);
    expect(received).toEqual([]);
  });
});
