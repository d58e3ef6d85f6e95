import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CanaryJudgeScore } from '../../src/domain/canary-judge-result.ts';
import { fakeJudge } from '../support/fake-judge.ts';
import { configOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const HOUR = 3_600_000;
const CANARY = { controlScope: 'blue', experimentScope: 'green', minutes: 30 };
/** Each tool's call, by the name of the release, and what it does with a reply. */
const TOOLS = {
  'aws-ecs': {
    call: (name: string) => ({ resourceArn: name, lifecycleStage: 'POST_SCALE_UP', hookDetails: { haldane: CANARY } }),
    read: ({ hookStatus }: Record<string, unknown>) => hookStatus,
    words: { wait: 'IN_PROGRESS', go: 'SUCCEEDED', back: 'FAILED' },
  },
  'aws-codedeploy': {
    call: (name: string) => ({ DeploymentId: name, LifecycleEventHookExecutionId: 'e', canary: CANARY }),
    read: ({ status }: Record<string, unknown>) => status,
    words: { wait: 'InProgress', go: 'Succeeded', back: 'Failed' },
  },
  'azure-pipelines': {
    call: (name: string) => ({ ProjectId: 'p', PlanId: name, JobId: 'j', canary: CANARY }),
    read: ({ verdict }: Record<string, unknown>) => verdict,
    words: { wait: 'running', go: 'pass', back: 'fail' },
  },
  github: {
    call: (name: string) => ({
      environment: 'production',
      deployment: { id: name.length * 10 + Number(name.at(-1)) },
      repository: { full_name: 'octo-org/checkout' },
      canary: CANARY,
    }),
    read: ({ state }: Record<string, unknown>) => state,
    words: { wait: 'pending', go: 'approved', back: 'rejected' },
  },
} as const;

let score: CanaryJudgeScore;
const judge: typeof fakeJudge = {
  ...fakeJudge,
  judge: async (...asked) => ({ ...(await fakeJudge.judge(...asked)), score }),
};

let service: TestService;
const dataDir = temporaryDirectory();
beforeEach(() => {
  score = { score: 100, classification: 'Pass', classificationReason: '' };
});
afterEach(() => service.close());

async function open(): Promise<void> {
  service = await createTestService({ judges: [judge], dataDir });
  const classifier = { groupWeights: { group: 100 }, scoreThresholds: { pass: 95, marginal: 75 } };
  const payload = { ...configOf(1, { classifier }), name: 'watched' };
  await service.http.inject({ method: 'POST', url: '/canaryConfig', payload });
}

describe.each(Object.entries(TOOLS))('a hook of %s', (tool, { call, read, words }) => {
  const ask = async (name: string) => {
    const url = `/hooks/${tool}/watched`;
    const answer = await service.http.inject({ method: 'POST', url, payload: call(name) });
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
    return answer.json();
  };
  const runs = async () => (await service.http.inject('/canary/executions?application=*&limit=100')).json().length;

  it('watches from the first call on, once, and lets a pass through, over a restart', async () => {
    // An hour ago: the window of half an hour has ended by now.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - HOUR });
    await open();
    const before = await runs();
    const first = await ask('release-1');
    expect(read(first)).toBe(words.wait);
    expect(JSON.stringify(first)).toContain('/reports/');
    vi.setSystemTime(Date.now() + 60_000);
    expect(read(await ask('release-1'))).toBe(words.wait);
    expect(await runs()).toBe(before + 1);
    await service.close();
    vi.useRealTimers();
    service = await createTestService({ judges: [judge], dataDir });
    await service.resume();
    await expect.poll(async () => read(await ask('release-1')), { timeout: 10_000, interval: 20 }).toBe(words.go);
    expect(await runs()).toBe(before + 1);
  });

  it('sends a fail back, and what was canceled', async () => {
    score = { score: 20, classification: 'Fail', classificationReason: 'slow' };
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - HOUR });
    await open();
    await ask('release-2');
    await service.close();
    vi.useRealTimers();
    service = await createTestService({ judges: [judge], dataDir });
    await service.resume();
    const isOver = (word: unknown) => word !== words.wait;
    await expect.poll(async () => isOver(read(await ask('release-2'))), { timeout: 10_000, interval: 20 }).toBe(true);
    expect(read(await ask('release-2'))).not.toBe(words.go);
    await ask('release-3');
    const [{ pipelineId }] = (await service.http.inject('/canary/executions?application=*&limit=1')).json();
    await service.http.inject({ method: 'PUT', url: `/canary/${pipelineId}/cancel` });
    const word = read(await ask('release-3'));
    expect(tool === 'azure-pipelines' ? word : word === words.back).toBe(
      tool === 'azure-pipelines' ? 'canceled' : true,
    );
  });

  it('refuses what is missing by its field', async () => {
    await open();
    const url = `/hooks/${tool}/watched`;
    const { statusCode, body } = await service.http.inject({ method: 'POST', url, payload: {} });
    expect([statusCode, body]).toEqual([400, expect.stringContaining('REQUEST_INVALID')]);
  });
});
