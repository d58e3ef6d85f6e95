import { vi } from 'vitest';
import type { CanaryJudgeScore } from '../../../src/domain/canary-judge-result.ts';
import { fakeJudge } from '../fake-judge.ts';
import { temporaryDirectory } from '../temporary-directory.ts';
import { configOf } from './requests.ts';
import { createTestService, type TestService } from './test-service.ts';

const HOUR_MILLIS = 3_600_000;

/** Services that judge releases of `checkout-latency` as they are told; all keep their runs in one folder. */
export function releaseJudge() {
  const dataDir = temporaryDirectory();
  let score: CanaryJudgeScore;
  const judge: typeof fakeJudge = {
    ...fakeJudge,
    judge: async (...asked) => ({ ...(await fakeJudge.judge(...asked)), score }),
  };
  const open = () => createTestService({ judges: [judge], dataDir });
  /** A service whose hook was first called an hour ago, and which judges now. */
  return async (classification: 'Pass' | 'Fail', hook: string, payload: object): Promise<TestService> => {
    score = { score: classification === 'Pass' ? 100 : 20, classification, classificationReason: '' };
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - HOUR_MILLIS });
    const earlier = await open();
    const classifier = { groupWeights: { group: 100 }, scoreThresholds: { pass: 95, marginal: 75 } };
    const config = { ...configOf(1, { classifier }), name: 'checkout-latency' };
    await earlier.http.inject({ method: 'POST', url: '/canaryConfig', payload: config });
    await earlier.http.inject({ method: 'POST', url: `/hooks/${hook}/checkout-latency`, payload });
    await earlier.close();
    vi.useRealTimers();
    const service = await open();
    await service.resume();
    return service;
  };
}
