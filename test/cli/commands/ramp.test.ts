import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { exitCodeOfStep, type Step } from '../../../src/cli/verdict/next-step.ts';
import { type LoopbackServer, startLoopback } from '../../support/servers/loopback-server.ts';
import { SHOP_CONFIG, type ShopService, startShopService } from '../../support/shop-service.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { runHaldane } from '../run-haldane.ts';

const file = join(temporaryDirectory(), 'checkout.yml');
let service: ShopService;
beforeAll(async () => {
  service = await startShopService();
  writeFileSync(file, stringify(SHOP_CONFIG));
});
afterAll(() => service.stop());
beforeEach(() => vi.stubEnv('HALDANE_URL', service.baseUrl));
afterEach(() => vi.unstubAllEnvs());

const startRamp = async (...more: string[]) => {
  const sides = ['--baseline', 'v1', '--canary', 'v3'];
  const { code, out, err } = await runHaldane(['analysis', 'start', file, ...sides, '--interval', '10m', ...more]);
  expect([code, err]).toEqual([0, expect.any(String)]);
  return out.trim();
};

describe('haldane analysis step and next-step', () => {
  it('announce a share once, and exit with 3 until it is judged', async () => {
    const id = await startRamp('--shares', '5,25,50');
    const first = await runHaldane(['analysis', 'step', id, '--share', '5', '--for', '15m', '--key', 'a']);
    expect(first).toMatchObject({ code: 0, out: expect.stringMatching(/^wait\nStep 1 at 5 % .* 15 min more.*\nhttp/) });
    const again = await runHaldane(['analysis', 'step', id, '--share', '5', '--output', 'json']);
    expect(JSON.parse(again.out)).toMatchObject({ go: 'wait', step: { number: 1, minutes: 15 }, nextShare: 25 });
    expect((await runHaldane(['analysis', 'next-step', id])).code).toBe(3);
    expect((await runHaldane(['analysis', 'next-step', id, '--fail-if-unavailable'])).code).toBe(1);
    const late = await runHaldane(['analysis', 'next-step', id, '--wait', '--timeout', '1s']);
    expect(late).toMatchObject({
      code: 3,
      err: expect.stringContaining(`goes on: haldane analysis next-step ${id} --wait`),
    });
    const early = await runHaldane(['analysis', 'step', id, '--share', '25']);
    expect(early).toMatchObject({ code: 64, err: expect.stringMatching(/watched for .* more, then judged/) });
    const forced = await runHaldane(['analysis', 'step', id, '--share', '25', '--override']);
    expect(forced).toMatchObject({ code: 0, out: expect.stringContaining('Step 2 at 25 %') });
    await runHaldane(['analysis', 'cancel', id]);
    const canceled = await runHaldane(['analysis', 'next-step', id, '--wait']);
    expect(canceled).toMatchObject({ code: 3, out: expect.stringContaining('The ramp was canceled') });
  });

  it('need no lifetime, nor planned shares', async () => {
    const id = await startRamp('--ramp');
    const { out } = await runHaldane(['analysis', 'show', id, '--output', 'json']);
    expect(JSON.parse(out).canaryAnalysisExecutionRequest).toMatchObject({ ramp: {}, analysisIntervalMins: 10 });
  });

  it.each([
    [['--share', '0'], '--share: must be a share of the traffic in percent'],
    [['--share', 'half'], '--share: must be a share of the traffic in percent'],
    [['--share', '5', '--for', '90s'], "--for: '90s' is no whole number of minutes"],
    [['--share', '5'], 'No pipeline found for nope'],
  ])('answer %j with 64 and what is wrong', async (flags, message) => {
    const ended = await runHaldane(['analysis', 'step', 'nope', ...flags]);
    expect(ended).toMatchObject({ code: 64, err: expect.stringContaining(message) });
  });
});

const YES: Step = {
  ...{ go: 'yes', rollback: false, verdict: 'pass', done: false, reason: 'It passed.', step: null, nextShare: null },
  ...{ score: 100, thresholds: { pass: 95, marginal: 75 }, failed: [], secondsLeft: 0, minutesNeeded: null },
  links: { report: '/reports/x', judgement: null },
};

it('next-step --wait asks until there is an answer, and tells what it waits for once', async () => {
  const answers: Step[] = [
    { ...YES, go: 'wait', verdict: 'running', score: null, reason: 'It is watched.' },
    { ...YES, go: 'wait', verdict: 'running', score: null, reason: 'It is watched.' },
    YES,
  ];
  const server: LoopbackServer = await startLoopback((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answers.shift()));
  });
  const ended = await runHaldane(['analysis', 'next-step', 'x', '--wait', '--url', server.baseUrl]);
  expect(ended).toMatchObject({ code: 0, out: 'yes\nIt passed.\n/reports/x\n', err: 'It is watched.\n' });
  await server.stop();
});

it.each([
  ['yes', 'pass', 100, 0],
  ['no', 'fail', 10, 1],
  ['no', 'marginal', 80, 2],
  ['no', 'nodata', null, 2],
  ['no', 'error', null, 3],
  ['no', 'canceled', null, 3],
  ['wait', 'running', null, 3],
  // What no service says: nothing but a yes that was judged is 0.
  ['no', 'pass', 100, 3],
  ['yes', 'pass', null, 3],
  ['wait', 'pass', 100, 3],
] as const)('%s with %s and the score %s exits with %i', (go, verdict, score, code) => {
  expect(exitCodeOfStep({ ...YES, go, verdict, score }, false)).toBe(code);
});
