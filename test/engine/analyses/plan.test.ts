import { describe, expect, it } from 'vitest';
import { CanaryAnalysisExecutionRequest } from '../../../src/domain/standalone-analysis.ts';
import { judgementRequest, planStages } from '../../../src/engine/analyses/plan.ts';

const NOON = Date.parse('2026-08-22T12:00:00Z');
const clock = (millis: number) => new Date(millis).toISOString().slice(11, 16);
const plan = (request: object) => {
  const stages = planStages(
    CanaryAnalysisExecutionRequest.parse({ scopes: [{}], thresholds: { pass: 95, marginal: 75 }, ...request }),
    NOON,
  );
  return stages.map(({ name, waitMillis, window }) =>
    window === undefined
      ? `${name} ${(waitMillis ?? 0) / 60_000}`
      : `${name} ${clock(window.start)}-${clock(window.end)}`,
  );
};

describe('the plan of a standalone analysis', () => {
  it('STA-4, STA-7, STA-8: growing windows of the first worked example', () => {
    expect(plan({ lifetimeDurationMins: 30, analysisIntervalMins: 10, beginAfterMins: 5 })).toEqual([
      'Warmup Wait 5',
      'Interval Wait #1 10',
      'Run Canary #1 12:05-12:15',
      'Interval Wait #2 10',
      'Run Canary #2 12:05-12:25',
      'Interval Wait #3 10',
      'Run Canary #3 12:05-12:35',
    ]);
  });

  it('STA-4: sliding windows of the first worked example', () => {
    const stages = plan({ lifetimeDurationMins: 30, analysisIntervalMins: 10, beginAfterMins: 5, lookbackMins: 10 });
    expect(stages.filter((stage) => stage.startsWith('Run'))).toEqual([
      'Run Canary #1 12:05-12:15',
      'Run Canary #2 12:15-12:25',
      'Run Canary #3 12:25-12:35',
    ]);
  });

  it('STA-1, STA-7: the retrospective worked example waits only to warm up', () => {
    const scopes = [{ startTimeIso: '2026-08-22T10:00:00Z', endTimeIso: '2026-08-22T10:30:00Z' }];
    expect(plan({ scopes, analysisIntervalMins: 10, beginAfterMins: 5, lifetimeDurationMins: 999 })).toEqual([
      'Warmup Wait 5',
      'Run Canary #1 10:00-10:10',
      'Run Canary #2 10:00-10:20',
      'Run Canary #3 10:00-10:30',
    ]);
  });

  it('STA-2, STA-3: without an interval it judges once; a remainder is not analysed', () => {
    expect(plan({ lifetimeDurationMins: 7 })).toEqual(['Interval Wait #1 7', 'Run Canary #1 12:00-12:07']);
    expect(plan({ lifetimeDurationMins: 7, analysisIntervalMins: 9 })).toHaveLength(2);
    expect(plan({ lifetimeDurationMins: 25, analysisIntervalMins: 10 }).at(-1)).toBe('Run Canary #2 12:00-12:20');
  });

  it('STA-7: a start without an end moves the windows, not the waits', () => {
    const scopes = [{ startTimeIso: '2026-08-22T11:00:00Z' }];
    expect(plan({ scopes, lifetimeDurationMins: 10, beginAfterMins: 5 })).toEqual([
      'Warmup Wait 5',
      'Interval Wait #1 10',
      'Run Canary #1 11:05-11:15',
    ]);
  });

  it.each([
    [{ scopes: [] }, 'Canary stage configuration must contain at least one scope.'],
    [{}, 'Canary StageExecution configuration must include either `endTime` or `lifetimeDuration`.'],
    [{ lifetimeDurationMins: 0 }, 'lifetimeDurationMins is 0; give at least 1.'],
    [
      { lifetimeDurationMins: 500_000, analysisIntervalMins: 1 },
      '500000 judgements are too many; lengthen analysisIntervalMins',
    ],
  ])('SCA-2: refuses %o', (request, message) => {
    expect(() => plan(request)).toThrow(message);
  });

  it('STA-5, STA-6: shifts the control window, and takes times and step of the first scope for all', () => {
    const request = CanaryAnalysisExecutionRequest.parse({
      scopes: [
        {
          controlScope: 'v1',
          controlLocation: 'eu',
          experimentScope: 'v2',
          controlOffsetInMinutes: 60,
          step: 30,
          extendedScopeParams: { a: 'b' },
        },
        {
          scopeName: 'other',
          controlScope: 'w1',
          experimentScope: 'w2',
          step: 90,
          startTimeIso: '2020-01-01T00:00:00Z',
        },
      ],
    });
    const { scopes = {} } = judgementRequest(request, { start: NOON, end: NOON + 600_000 });
    expect(scopes.default).toEqual({
      controlScope: {
        scope: 'v1',
        location: 'eu',
        start: '2026-08-22T11:00:00Z',
        end: '2026-08-22T11:10:00Z',
        step: 30,
        extendedScopeParams: { a: 'b' },
      },
      experimentScope: {
        scope: 'v2',
        start: '2026-08-22T12:00:00Z',
        end: '2026-08-22T12:10:00Z',
        step: 30,
        extendedScopeParams: { a: 'b' },
      },
    });
    expect(scopes.other?.controlScope).toMatchObject({ scope: 'w1', start: '2026-08-22T12:00:00Z', step: 30 });
  });
});
