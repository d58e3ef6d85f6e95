import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CanaryConfig } from '../../src/domain/canary-config.ts';
import type { MetricSetPair } from '../../src/domain/metric-set-pair.ts';
import type { CanaryExecutionStatusResponse } from '../../src/domain/run.ts';
import { runHaldane } from '../cli/run-haldane.ts';
import { type ServiceProcess, startService } from '../support/http/service-process.ts';
import { autoregressive, drawsOf } from '../support/samples/random-series.ts';
import { type RunningServer, startPrometheus } from '../support/servers/prometheus-server.ts';
import { requiredServer } from '../support/servers/required-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const POINTS = 60;
/** The hour of the canary, on the eighth day. */
const NOON = Date.UTC(2026, 0, 8, 12);
/** How the noon of each day differs from the others by itself, the day of the canary last. */
const DAYS = [1.06, 0.97, 1.02, 0.94, 1.05, 1, 0.96, 1.03];

/** One hour at noon on eight days; v2 is half as slow again, v3 is sound. */
const VALUES: Readonly<Record<string, (day: number) => number[]>> = {
  v1: (day) => hourOf('v1', day, DAYS[day] ?? 1),
  v2: (day) => (day === 7 ? hourOf('v2', day, 1.6) : []),
  v3: (day) => (day === 7 ? hourOf('v3', day, DAYS[7] ?? 1) : []),
};

function hourOf(version: string, day: number, level: number): number[] {
  const noise = autoregressive(drawsOf('noon', version, day), POINTS, 0.3);
  return noise.map((value) => Number((100 * level * Math.exp(0.05 * value)).toPrecision(6)));
}

function samples(): string {
  const lines = Object.entries(VALUES).flatMap(([version, of]) =>
    DAYS.flatMap((_, day) =>
      of(day).map((value, t) => `latency{version="${version}"} ${value} ${(NOON - (7 - day) * DAY) / 1000 + 60 * t}`),
    ),
  );
  return `${['# TYPE latency gauge', ...lines, '# EOF'].join('\n')}\n`;
}

const config: CanaryConfig = {
  name: 'checkout',
  applications: ['shop'],
  judge: { name: 'HaldaneJudge-v1.0' },
  metrics: [
    {
      name: 'latency',
      groups: ['all'],
      scopeName: 'default',
      query: {
        type: 'prometheus',
        serviceType: 'prometheus',
        customInlineTemplate: 'PromQL:avg(last_over_time(latency{version="${scope}"}[59s]))',
      },
      analysisConfigurations: { canary: { direction: 'increase' } },
    },
  ],
  classifier: { groupWeights: { all: 100 }, scoreThresholds: { pass: 95, marginal: 75 } },
};

const instant = (millis: number) => new Date(millis).toISOString().replace('.000Z', 'Z');
const WINDOW = { start: instant(NOON), end: instant(NOON + POINTS * MINUTE), step: 60 };
const WEEK = { kind: 'earlier', offsets: ['24h', '48h', '72h', '96h', '120h', '144h', '168h'] };

const prometheus = await requiredServer('prometheus', () => startPrometheus(samples()));

describe.skipIf(prometheus === undefined)('a baseline that is history, on a real Prometheus', () => {
  const directory = temporaryDirectory();
  let service: ServiceProcess;
  beforeAll(async () => {
    const { baseUrl } = prometheus as RunningServer;
    const account = { name: 'prom', type: 'prometheus', endpoint: { baseUrl } };
    writeFileSync(join(directory, 'haldane.yml'), JSON.stringify({ dataDir: directory, accounts: [account] }));
    writeFileSync(join(directory, 'checkout.json'), JSON.stringify(config));
    service = await startService({ HALDANE_CONFIG: join(directory, 'haldane.yml'), HALDANE_PORT: '0' });
  });
  afterAll(async () => {
    await service?.stop('SIGKILL');
    await prometheus?.stop();
  });

  const judged = async (canary: string, baseline: object, window: object = WINDOW) => {
    const scopes = { default: { controlScope: { scope: 'v1' }, experimentScope: { scope: canary, ...window } } };
    const executionRequest = { scopes, baseline, thresholds: { pass: 95, marginal: 75 } };
    const answer = await fetch(`${service.baseUrl}/canary?wait=30s&application=shop`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ canaryConfig: config, executionRequest }),
    });
    return (await answer.json()) as CanaryExecutionStatusResponse;
  };
  const verdictOf = ({ result }: CanaryExecutionStatusResponse) => result?.judgeResult.score.classification;

  it('compares with the same hour of seven days, point by point as the store has them', async () => {
    const worse = await judged('v2', WEEK);
    expect([worse.status, verdictOf(worse)]).toEqual(['succeeded', 'Fail']);
    const answer = await fetch(`${service.baseUrl}/metricSetPairList/${worse.metricSetPairListId}`);
    const [pair] = (await answer.json()) as [MetricSetPair];
    expect(pair.values).toEqual({ control: VALUES.v1?.(6), experiment: VALUES.v2?.(7) });
    expect(pair.earlier?.map(({ values }) => values.control)).toEqual(
      [5, 4, 3, 2, 1, 0].map((day) => VALUES.v1?.(day)),
    );
    const page = await (await fetch(`${service.baseUrl}/reports/${worse.pipelineId}`)).text();
    expect(page).toContain('7 windows of the past, the same minutes some time before');
    expect(page).toContain('7 days earlier, 2026-01-01 12:00–13:00 UTC');
  });

  it('does not take the difference between two days for the release, where one day as the baseline does', async () => {
    const byOne = await judged('v3', { kind: 'earlier', offsets: ['24h'] });
    expect(verdictOf(byOne)).toBe('Fail');
    expect(byOne.warnings?.join(' ')).toContain('a change may be only that of the day');
    expect(verdictOf(await judged('v3', WEEK))).toBe('Pass');
  });

  it('says Nodata of a time that the store has nothing of, and does not pass', async () => {
    const old = await judged('v3', { kind: 'earlier', offsets: ['2400h', '2424h', '2448h'] });
    expect(verdictOf(old)).toBe('Fail');
    expect(old.result?.judgeResult.results[0]).toMatchObject({ classification: 'Nodata' });
  });

  it('compares with the release that passed before, at the same age', async () => {
    const passed = await judged('v3', WEEK);
    expect(verdictOf(passed)).toBe('Pass');
    const next = await judged('v2', { kind: 'goodReleases', releases: 1 });
    expect(verdictOf(next)).toBe('Fail');
    const { windows } = next.canaryExecutionRequest.baseline ?? {};
    expect(windows?.map(({ scopes }) => scopes.default)).toMatchObject([{ scope: 'v3', start: WINDOW.start }]);
  });

  it('is the same from the command line, which prints the windows', async () => {
    const file = join(directory, 'checkout.json');
    const where = ['--url', service.baseUrl, '--application', 'shop', '--start', WINDOW.start, '--end', WINDOW.end];
    const week = ['--baseline', 'v1', '--baseline-earlier', WEEK.offsets.join(',')];
    const { code, out } = await runHaldane(['gate', file, '--canary', 'v2', ...week, ...where, '--key', 'v2']);
    expect(code).toBe(1);
    expect(out).toContain('the baseline is 7 windows of the past');
    const dry = await runHaldane([
      'run',
      'start',
      file,
      '--canary',
      'v3',
      '--baseline-earlier',
      '24h',
      ...where,
      '--dry-run',
    ]);
    expect(dry.out).toContain('One window of the past');
    const two = await runHaldane([
      'run',
      'start',
      file,
      '--canary',
      'v3',
      ...week,
      '--baseline-releases',
      '2',
      ...where,
    ]);
    expect(two.code).toBe(64);
    expect(two.err).toContain('--baseline-earlier and --baseline-releases say two baselines');
  });
});
