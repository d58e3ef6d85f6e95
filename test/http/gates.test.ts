import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CanaryJudgeScore } from '../../src/domain/canary-judge-result.ts';
import { fakeJudge } from '../support/fake-judge.ts';
import { configOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const WINDOW = { start: '2026-01-01T00:00:00Z', end: '2026-01-01T01:00:00Z' };
const SCOPES = { controlScope: 'podinfo-primary', experimentScope: 'podinfo' };
/** What the judge says next. */
let score: CanaryJudgeScore;
const judge: typeof fakeJudge = {
  ...fakeJudge,
  judge: async (...asked) => ({ ...(await fakeJudge.judge(...asked)), score }),
};

const dataDir = temporaryDirectory();
let service: TestService;
beforeEach(async () => {
  score = { score: 100, classification: 'Pass', classificationReason: '' };
  service = await createTestService({ judges: [judge], dataDir });
});
afterEach(() => service.close());

let configs = 0;
async function storeConfig(changes = {}): Promise<string> {
  configs += 1;
  const classifier = { groupWeights: { group: 100 }, scoreThresholds: { pass: 95, marginal: 75 } };
  const payload = { ...configOf(1, { classifier }), name: `config-${configs}`, id: `config-${configs}`, ...changes };
  expect((await service.http.inject({ method: 'POST', url: '/canaryConfig', payload })).statusCode).toBe(200);
  return payload.id;
}

async function hook(name: string, config: string, metadata: object | undefined, changes = {}) {
  const body = { name: 'podinfo', namespace: 'test', phase: 'Progressing', checksum: '85d557f47b', metadata };
  const answer = await service.http.inject({
    method: 'POST',
    url: `/hooks/flagger/${name}/${config}`,
    payload: { ...body, ...changes },
  });
  return { status: answer.statusCode, text: answer.body, type: answer.headers['content-type'] };
}

const runsOf = async (config: string) =>
  (await service.http.inject(`/canary/executions?application=*&canaryConfigId=${config}`)).json() as {
    pipelineId: string;
    canaryExecutionRequest: { scopes: object };
  }[];

async function waitForRuns(config: string): Promise<void> {
  for (const { pipelineId } of await runsOf(config)) {
    await service.http.inject(`/canary/${pipelineId}/verdict?wait=20s`);
  }
}

const metadata = { ...SCOPES, ...WINDOW };

describe('a hook of Flagger with a window', () => {
  it('starts one run, however often it is called, and over a restart', async () => {
    const config = await storeConfig();
    for (const name of ['pre-rollout', 'rollout', 'rollout', 'confirm-traffic-increase', 'confirm-promotion']) {
      await hook(name, config, metadata);
    }
    await Promise.all([1, 2, 3, 4].map(() => hook('rollout', config, metadata)));
    expect(await runsOf(config)).toHaveLength(1);
    await waitForRuns(config);
    await service.close();
    service = await createTestService({ judges: [judge], dataDir });
    const answer = await hook('confirm-promotion', config, metadata);
    const [run, ...others] = await runsOf(config);
    expect(others).toEqual([]);
    expect(answer).toEqual({
      status: 200,
      type: 'text/plain; charset=utf-8',
      text:
        'Score 100 passes (95 is needed): no metric failed; 1 of 1 metrics could be judged ' +
        `(report: http://localhost:80/reports/${run?.pipelineId}).\n`,
    });
    const scope = { ...WINDOW, step: 60, extendedScopeParams: {} };
    expect(run?.canaryExecutionRequest.scopes).toEqual({
      default: {
        controlScope: { scope: 'podinfo-primary', ...scope },
        experimentScope: { scope: 'podinfo', ...scope },
      },
    });
  });

  it('judges another checksum, name or namespace on its own', async () => {
    const config = await storeConfig();
    for (const changes of [{}, { checksum: 'other' }, { name: 'other' }, { namespace: 'other' }]) {
      await hook('rollout', config, metadata, changes);
    }
    expect(await runsOf(config)).toHaveLength(4);
  });

  it('finishes the start of a run that its process did not live to start', async () => {
    const config = await storeConfig();
    const key = JSON.stringify(['flagger', config, 'test', 'podinfo', '85d557f47b']);
    const latest = { runId: 'stored-but-not-started', endMillis: Date.parse(WINDOW.end) };
    const release = { begunMillis: 1, latest, marks: {} };
    await service.store.gates.put({ key, version: 0, release }, Date.now());
    await hook('rollout', config, metadata);
    expect((await runsOf(config)).map(({ pipelineId }) => pipelineId)).toEqual(['stored-but-not-started']);
  });

  it.each([
    ['Pass', 100, 200, 200, 409],
    ['Marginal', 75, 200, 409, 409],
    ['Fail', 10, 409, 409, 200],
  ])('with the verdict %s answers each hook as Flagger takes it', async (classification, value, ...statuses) => {
    score = { score: value, classification, classificationReason: '' };
    const config = await storeConfig();
    await hook('pre-rollout', config, metadata);
    await waitForRuns(config);
    const answers = [];
    for (const name of ['rollout', 'confirm-promotion', 'rollback']) answers.push(await hook(name, config, metadata));
    expect(answers.map(({ status }) => status)).toEqual(statuses);
    for (const { text, type } of answers) {
      expect(type).toBe('text/plain; charset=utf-8');
      expect(text).toMatch(/^[A-Z].* \(report: http:\/\/localhost:80\/reports\/\w+\)\.\n$/);
    }
  });
});

describe('a hook of Flagger without a window', () => {
  it('judges nothing of a rollout that has only begun, and lets the first traffic through', async () => {
    const config = await storeConfig();
    expect(await hook('pre-rollout', config, SCOPES)).toMatchObject({
      status: 200,
      text: 'The rollout of test/podinfo is judged from now on.\n',
    });
    expect(await hook('rollout', config, SCOPES)).toMatchObject({
      status: 200,
      text: 'Nothing has been judged yet.\n',
    });
    expect(await hook('confirm-traffic-increase', config, SCOPES)).toMatchObject({ status: 200 });
    expect(await hook('confirm-traffic-increase', config, SCOPES)).toMatchObject({ status: 409 });
    expect(await hook('confirm-promotion', config, SCOPES)).toMatchObject({ status: 409 });
    expect(await hook('rollback', config, undefined)).toMatchObject({ status: 409 });
    expect(await runsOf(config)).toEqual([]);
  });

  it('judges what there is so far, with the start it is told', async () => {
    const config = await storeConfig();
    const start = new Date(Date.now() - 1_800_000).toISOString();
    await hook('rollout', config, { ...SCOPES, start });
    await hook('rollout', config, { ...SCOPES, start });
    expect(await runsOf(config)).toHaveLength(1);
    await waitForRuns(config);
    expect(await hook('rollout', config, { ...SCOPES, start })).toMatchObject({
      status: 200,
      text: expect.stringContaining('Score 100 passes'),
    });
    expect(await runsOf(config)).toHaveLength(1);
    expect(await hook('confirm-promotion', config, { ...SCOPES, start })).toMatchObject({
      status: 409,
      text: expect.stringMatching(/^What came until \d\d:\d\d:\d\d UTC is not judged yet: Score 100 passes/),
    });
  });

  it('begins anew with the next rollout of the same spec, so that an old verdict decides nothing', async () => {
    score = { score: 0, classification: 'Fail', classificationReason: '' };
    const config = await storeConfig();
    const start = new Date(Date.now() - 1_800_000).toISOString();
    await hook('rollout', config, { ...SCOPES, start });
    await waitForRuns(config);
    expect(await hook('rollback', config, SCOPES)).toMatchObject({ status: 200 });
    expect(await hook('post-rollout', config, undefined, { phase: 'Failed' })).toMatchObject({
      status: 200,
      text: expect.stringMatching(/^The rollout of test\/podinfo has ended as Failed: Score 0 fails/),
    });
    expect(await hook('rollback', config, SCOPES)).toMatchObject({
      status: 409,
      text: 'No reason to roll back: Nothing has been judged yet.\n',
    });
  });
});

describe('the web metric of Argo', () => {
  const metric = async (config: string, body: object) => {
    const payload = { key: 'test/guestbook/1', ...SCOPES, ...body };
    const answer = await service.http.inject({ method: 'POST', url: `/hooks/argo/${config}`, payload });
    return {
      status: answer.statusCode,
      ...(answer.json() as { verdict: string; secondsLeft: number; reason: string }),
    };
  };

  it('starts one judgement, and tells the verdict as it then stands', async () => {
    const config = await storeConfig();
    expect(await metric(config, WINDOW)).toMatchObject({ status: 200, verdict: 'running', done: false, score: null });
    await waitForRuns(config);
    for (let times = 0; times < 3; times++) {
      expect(await metric(config, WINDOW)).toMatchObject({ status: 200, verdict: 'pass', done: true, score: 100 });
    }
    expect(await runsOf(config)).toHaveLength(1);
    expect((await metric(config, { ...WINDOW, key: 'test/guestbook/2' })).verdict).toBe('running');
    expect(await runsOf(config)).toHaveLength(2);
  });

  it('judges the minutes from the first call on, and no others', async () => {
    const config = await storeConfig();
    const first = await metric(config, { minutes: '15' });
    expect(first).toMatchObject({ verdict: 'running', reason: expect.stringContaining('for the window to end') });
    expect(Math.round(first.secondsLeft / 60)).toBe(15);
    expect((await metric(config, { minutes: '15' })).secondsLeft).toBeLessThanOrEqual(first.secondsLeft);
    expect(await runsOf(config)).toHaveLength(1);
  });

  it('begins anew when nobody has asked for longer than Argo waits between two calls', async () => {
    const config = await storeConfig();
    await metric(config, WINDOW);
    await waitForRuns(config);
    await metric(config, WINDOW);
    const key = JSON.stringify(['argo', config, 'test/guestbook/1']);
    const stored = await service.store.gates.get(key);
    const marks = { told: Date.now() - 300_000 };
    await service.store.gates.put({ key, version: stored?.version ?? 0, release: { ...stored?.release, marks } }, 1);
    expect((await metric(config, WINDOW)).verdict).toBe('running');
    expect(await runsOf(config)).toHaveLength(2);
  });
});

describe('a hook of Flagger that cannot be answered', () => {
  it('says in a sentence which field is wrong, and what to write', async () => {
    const config = await storeConfig();
    const answer = await hook('rollout', config, { experimentScope: 'podinfo' });
    expect(answer).toEqual({
      status: 400,
      type: 'text/plain; charset=utf-8',
      text: expect.stringMatching(/^metadata\.controlScope: is missing; write a text such as podinfo-primary.*\n$/),
    });
  });

  it('knows a config by its name, and refuses one that there is not', async () => {
    await storeConfig({ name: 'by-name' });
    expect(await hook('rollout', 'by-name', metadata)).toMatchObject({ status: 200 });
    expect(await hook('rollout', 'no-such', metadata)).toMatchObject({
      status: 404,
      text: expect.stringMatching(/no-such/),
    });
  });

  it('is refused without thresholds, which are never guessed, also before there is anything to judge', async () => {
    const config = await storeConfig({ classifier: { groupWeights: { group: 100 } } });
    const sentence = expect.stringMatching(/^thresholds: neither the call nor the config says which score passes/);
    expect(await hook('pre-rollout', config, SCOPES)).toMatchObject({ status: 400, text: sentence });
    expect(await hook('confirm-rollout', config, SCOPES)).toMatchObject({ status: 409, text: sentence });
    const told = { ...SCOPES, pass: '95', marginal: '75' };
    expect(await hook('confirm-rollout', config, told)).toMatchObject({
      status: 200,
      text: 'The rollout of test/podinfo can be judged.\n',
    });
  });

  it('answers 409 where every other route answers 5xx, since Flagger would lose the sentence', async () => {
    const config = await storeConfig();
    const { gates } = service.store;
    const broken = () => Promise.reject(new Error('disk full'));
    Object.assign(gates, { get: broken });
    expect(await hook('rollout', config, metadata)).toMatchObject({
      status: 409,
      text: 'Internal error; see the log of the service.\n',
    });
  });
});
