import { describe, expect, it } from 'vitest';
import type { CanaryAnalysisExecutionStatusResponse } from '../../src/domain/standalone-analysis.ts';
import { toWireJson } from '../../src/domain/values/wire-json.ts';
import { AnalysisReport, reportAnalysis } from '../../src/reports/analysis-report.ts';
import { renderJunit } from '../../src/reports/junit.ts';
import { renderMarkdown } from '../../src/reports/markdown.ts';
import { renderReportFile } from '../../src/web/report/report-file.ts';
import { reportMain } from '../../src/web/report/report-main.ts';
import { SAMPLE_START, sampleConfig } from '../support/samples/report-samples.ts';
import { sampleRun } from '../support/samples/sample-run.ts';

const MINUTE = 60_000;
type Response = CanaryAnalysisExecutionStatusResponse;
type Stage = Response['stageStatus'][number];

describe('the report of an analysis in progress', () => {
  it('says what the queries of the judgement in progress wait for', async () => {
    const fetch = { stage: 'fetchControl0', metric: 'm', side: 'control', attempts: 3, waitedMillis: 5 } as const;
    const lastError = "METRICS_STORE_UNAVAILABLE: account 'prom': 127.0.0.1:1 cannot be reached";
    const fetchReport = [{ ...fetch, lastError, nextAttemptMillis: SAMPLE_START }];
    const report = reportAnalysis(await analysisOf(3, 1, { fetchReport }), SAMPLE_START);
    const told = `The next is under way; 1 query waits after 3 attempts: ${lastError}; next attempt at`;
    for (const text of [report.headline, renderMarkdown(report).replaceAll('\\', ''), renderJunit(report)]) {
      expect(text.replaceAll('&apos;', "'")).toContain(told);
    }
  });

  it('says why nothing of the last interval could be judged, where no series pair', async () => {
    const response = await analysisOf(3, 2);
    const [result] = response.resultsSoFar?.canaryExecutionResults.at(-1)?.result?.judgeResult.results ?? [];
    const { evidence } = result ?? {};
    if (result === undefined || evidence === undefined) throw new Error('not judged');
    const unpaired = 'baseline has 2 series, canary 1, none pair: they differ in zone.';
    const alone = { ...result, classification: 'Nodata' as const, evidence: { ...evidence, unpaired } };
    response.resultsSoFar?.canaryExecutionResults.at(-1)?.result?.judgeResult.results.splice(0, Infinity, alone);
    const { headline } = reportAnalysis(response, SAMPLE_START);
    expect(headline).toContain(`In the last interval 0 of 1 metrics could be judged: ${unpaired}`);
  });
});

/** An analysis of so many intervals of ten minutes, the first of them judged. */
async function analysisOf(count: number, judged: number, changes: Partial<Response> = {}): Promise<Response> {
  const { run } = await sampleRun(20, 60);
  if (run.result === undefined) throw new Error('not judged');
  const { result } = run;
  const scores = Array.from({ length: judged }, (_, index) => 100 - 10 * index);
  const resultsSoFar = {
    didPassThresholds: true,
    hasWarnings: false,
    canaryScoreMessage: 'Final canary score 80.0 met or exceeded the pass score threshold.',
    canaryScores: scores,
    canaryExecutionResults: scores.map((score, index) => ({
      executionId: `run-${index + 1}`,
      executionStatus: 'SUCCEEDED' as const,
      result: {
        judgeResult: {
          ...result.judgeResult,
          results: index === 0 ? [] : result.judgeResult.results,
          score: { score, classification: score >= 95 ? 'Pass' : 'Marginal', classificationReason: '' },
        },
      },
      warnings: [],
      judgementStartTimeMillis: SAMPLE_START,
      judgementEndTimeMillis: SAMPLE_START + (index + 1) * 10 * MINUTE,
      storageAccountName: 'haldane',
    })),
  };
  const stages = Array.from({ length: count }, (_, index): Stage[] => [
    { type: 'wait', name: 'wait', status: index < judged ? 'SUCCEEDED' : 'NOT_STARTED' },
    {
      type: 'runCanary',
      name: `Run Canary #${index + 1}`,
      status: index < judged ? 'SUCCEEDED' : 'NOT_STARTED',
      ...(index < judged ? { executionId: `run-${index + 1}` } : {}),
    },
  ]).flat();
  return {
    application: 'shop',
    user: 'jane',
    pipelineId: 'an-analysis',
    stageStatus: stages,
    complete: false,
    executionStatus: 'RUNNING',
    status: 'running',
    canaryAnalysisExecutionRequest: {
      scopes: [
        {
          scopeName: 'default',
          controlScope: 'v41',
          experimentScope: 'v42',
          controlOffsetInMinutes: 0,
          step: 60,
          extendedScopeParams: {},
        },
      ],
      thresholds: { pass: 95, marginal: 75 },
      lifetimeDurationMins: 10 * count,
      beginAfterMins: 5,
      lookbackMins: 0,
      analysisIntervalMins: 10,
    },
    canaryConfig: sampleConfig(20),
    resultsSoFar,
    buildTimeMillis: SAMPLE_START,
    buildTimeIso: '2026-01-01T12:00:00Z',
    startTimeMillis: SAMPLE_START,
    storageAccountName: 'haldane',
    metricsAccountName: 'prom',
    ...changes,
  };
}

describe('the report of an analysis that runs', () => {
  it('tells the score of every interval, those to come, and how long it will take', async () => {
    const report = reportAnalysis(await analysisOf(6, 2), SAMPLE_START + 26 * MINUTE);
    expect(report.intervals.map(({ number, score, executionId }) => [number, score, executionId])).toEqual([
      [1, 100, 'run-1'],
      [2, 90, 'run-2'],
      [3, undefined, undefined],
      [4, undefined, undefined],
      [5, undefined, undefined],
      [6, undefined, undefined],
    ]);
    expect(report.headline).toBe(
      '2 of 6 intervals judged. On course to fail: the last score is 90, and 95 is needed to pass. Failed in the last ' +
        'interval: “latency, 95th percentile”, “failed requests”, “cache hits”. About 39 min left. In the last ' +
        'interval 18 of 19 metrics could be judged.',
    );
    expect(report).toMatchObject({ verdict: undefined, score: 90, expectedEndMillis: SAMPLE_START + 65 * MINUTE });
  });

  it('does not wait for windows of the past', async () => {
    const response = await analysisOf(6, 2);
    const { canaryAnalysisExecutionRequest: request } = response;
    const [scope] = request.scopes;
    if (scope === undefined) throw new Error('no scope');
    const past = { ...request, scopes: [{ ...scope, endTimeIso: '2026-01-01T13:00:00Z' }] };
    const report = reportAnalysis({ ...response, canaryAnalysisExecutionRequest: past }, SAMPLE_START);
    expect(report.headline).toBe(
      '2 of 6 intervals judged. On course to fail: the last score is 90, and 95 is needed to pass. Failed in the last ' +
        'interval: “latency, 95th percentile”, “failed requests”, “cache hits”. In the last interval 18 of 19 metrics ' +
        'could be judged.',
    );
    expect(report.expectedEndMillis).toBeUndefined();
  });

  it('follows it, leads from each interval to its run, and shows which metrics failed when', async () => {
    const page = await reportMain(reportAnalysis(await analysisOf(6, 3), SAMPLE_START), 'page');
    expect(page).toContain('data-events="/standalone_canary_analysis/an-analysis/events"');
    expect(page).toContain('aria-label="Interval 2, until 2026-01-01 12:20 UTC: 90, Marginal"');
    expect(page.match(/href="\/reports\/run-\d"/g)).toHaveLength(6);
    expect(page.match(/class="to-come"/g)).toHaveLength(3);
    expect(page).toMatch(/<th scope="row"><bdi>failed requests<\/bdi><\/th><td class="fail" title="high">/);
  });
});

describe('the report of an analysis that has ended', () => {
  const ended = async (passed: boolean) => {
    const response = await analysisOf(3, 3);
    const { resultsSoFar, ...rest } = response;
    if (resultsSoFar === undefined) throw new Error('no results');
    const result = { ...resultsSoFar, didPassThresholds: passed };
    const closed = { complete: true, executionStatus: 'SUCCEEDED' as const, status: 'succeeded' };
    return reportAnalysis({ ...rest, ...closed, canaryAnalysisExecutionResult: result }, SAMPLE_START);
  };

  it.each([
    [true, 'Pass'],
    [false, 'Fail'],
  ])('passed the thresholds: %s, so it is a %s', async (passed, verdict) => {
    const report = await ended(passed);
    expect(report).toMatchObject({ verdict, score: 80, complete: true });
    expect(report.headline).toBe(
      'Final canary score 80.0 met or exceeded the pass score threshold. Failed in the last interval: “latency, 95th ' +
        'percentile” (since interval 2), “failed requests” (since interval 2), “cache hits” (since interval 2). In the ' +
        'last interval 18 of 19 metrics could be judged.',
    );
  });

  it('says what its schema promises', async () => {
    const { error } = AnalysisReport.safeParse(JSON.parse(toWireJson(await ended(true))));
    expect(error).toBeUndefined();
  });

  it('is a file that leads nowhere, a case for each interval, a row for each interval', async () => {
    const report = await ended(false);
    expect(await renderReportFile(report)).not.toMatch(/href="(?!data:image|#)/);
    expect(renderJunit(report).match(/<testcase /g)).toHaveLength(3);
    expect(renderMarkdown(report).match(/^\| \d \|/gm)).toHaveLength(3);
  });

  it('has no verdict when a run could not be judged, whatever its last score says', async () => {
    const exception = {
      timestamp: 0,
      exceptionType: 'METRICS_QUERY_REJECTED',
      operation: 'prometheusFetch',
      details: { error: '', errors: ['parse error'], stackTrace: '' },
      shouldRetry: false,
    };
    const terminal = { complete: true, executionStatus: 'TERMINAL' as const, status: 'terminal', exception };
    const report = reportAnalysis(await analysisOf(3, 1, terminal), SAMPLE_START);
    expect(report).toMatchObject({ verdict: undefined, failure: { message: 'parse error' } });
    expect(renderJunit(report)).toContain('errors="1"');
    expect(await reportMain(report, 'page')).toContain('No verdict');
  });
});
