import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import type { BacktestAnswer } from '../../src/domain/backtest.ts';
import type { CanaryConfig } from '../../src/domain/canary-config.ts';
import type { MetricSetPair } from '../../src/domain/metric-set-pair.ts';
import { backtestSeries } from '../../src/engine/backtest/backtest-series.ts';
import { type ServiceProcess, startService } from '../support/http/service-process.ts';
import { autoregressive, drawsOf } from '../support/samples/random-series.ts';
import { type RunningServer, startPrometheus } from '../support/servers/prometheus-server.ts';
import { requiredServer } from '../support/servers/required-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const START = Date.UTC(2026, 0, 1);
const [MINUTE, WINDOWS, WINDOW_MINUTES] = [60_000, 120, 60];
const POINTS = WINDOWS * WINDOW_MINUTES;
const ARMS = ['one', 'two'] as const;
const METRICS = { latency: 0.05, queue: 0.6 };
const THRESHOLDS = { pass: 95, marginal: 75 };

/** Two instances of the same version for five days; the tenth window of the second has no data. */
const VALUES = Object.fromEntries(
  Object.entries(METRICS).map(([metric, deviation]) => [
    metric,
    Object.fromEntries(
      ARMS.map((arm) => {
        const noise = autoregressive(drawsOf('real', metric, arm), POINTS, 0.4);
        const values = noise.map((value) => Number((100 * Math.exp(deviation * value)).toPrecision(6)));
        return [arm, values.map((value, t) => (arm === 'two' && Math.floor(t / 60) === 9 ? Number.NaN : value))];
      }),
    ),
  ]),
) as Record<keyof typeof METRICS, Record<(typeof ARMS)[number], number[]>>;

function samples(): string {
  const lines = Object.entries(VALUES).flatMap(([metric, arms]) => [
    `# TYPE ${metric} gauge`,
    ...Object.entries(arms).flatMap(([arm, values]) =>
      values.flatMap((value, t) =>
        Number.isNaN(value) ? [] : [`${metric}{instance="${arm}"} ${value} ${START / 1000 + 60 * t}`],
      ),
    ),
  ]);
  return `${[...lines, '# EOF'].join('\n')}\n`;
}

const config: CanaryConfig = {
  name: 'checkout',
  applications: ['shop'],
  judge: { name: 'NetflixACAJudge-v1.0' },
  metrics: Object.keys(METRICS).map((name) => ({
    name,
    groups: ['all'],
    scopeName: 'default',
    query: {
      type: 'prometheus',
      serviceType: 'prometheus',
      // Of the last minute alone, so that a gap is a gap.
      customInlineTemplate: `PromQL:avg(last_over_time(${name}{instance="\${scope}"}[59s]))`,
    },
    analysisConfigurations: { canary: { direction: 'increase' } },
  })),
  classifier: { groupWeights: { all: 100 } },
};

const instant = (points: number) => new Date(START + points * MINUTE).toISOString();
const window = { start: instant(0), end: instant(POINTS), step: 60 };
const request = {
  canaryConfig: config,
  executionRequest: {
    scopes: { default: { controlScope: { scope: 'one', ...window }, experimentScope: { scope: 'two', ...window } } },
    thresholds: THRESHOLDS,
  },
  backtest: { windowMinutes: WINDOW_MINUTES, changes: ['25 %', 'late'], judgements: 4000 },
};

const prometheus = await requiredServer('prometheus', () => startPrometheus(samples()));

describe.skipIf(prometheus === undefined)('a backtest on a real Prometheus', () => {
  const directory = temporaryDirectory();
  let service: ServiceProcess;
  const start = async () => {
    service = await startService({ HALDANE_CONFIG: join(directory, 'haldane.yml'), HALDANE_PORT: '0' });
  };
  const read = async (id: string) =>
    (await (await fetch(`${service.baseUrl}/backtests/${id}`)).json()) as BacktestAnswer;
  const until = async (id: string, isReached: (backtest: BacktestAnswer) => boolean) => {
    for (let look = 0; look < 2400; look++) {
      const found = await read(id);
      if (isReached(found)) return found;
      await sleep(50);
    }
    throw new Error('it did not get there');
  };
  beforeAll(async () => {
    const { baseUrl } = prometheus as RunningServer;
    const account = { name: 'prom', type: 'prometheus', endpoint: { baseUrl } };
    writeFileSync(join(directory, 'haldane.yml'), JSON.stringify({ dataDir: directory, accounts: [account] }));
    await start();
  });
  afterAll(async () => {
    await service?.stop('SIGKILL');
    await prometheus?.stop();
  });

  it('survives kill -9, and says what the library says of the same values', { timeout: 240_000 }, async () => {
    const headers = { 'content-type': 'application/json' };
    const payload = { method: 'POST', headers, body: JSON.stringify(request) };
    const answer = await fetch(`${service.baseUrl}/canaryConfig/backtest`, payload);
    expect(answer.status).toBe(200);
    const { backtestId: id } = (await answer.json()) as { backtestId: string };
    const before = await until(id, ({ windows }) => windows.done > 0);
    expect(before.windows.done).toBeLessThan(WINDOWS);
    await service.stop('SIGKILL');
    await start();
    const after = await read(id);
    expect(after.windows.done).toBeGreaterThanOrEqual(before.windows.done);
    const ended = await until(id, ({ complete }) => complete);
    expect(ended).toMatchObject({ status: 'succeeded', windows: { planned: WINDOWS, done: WINDOWS } });
    const scope = { stepMillis: MINUTE, startTimeMillis: START };
    const pairs: MetricSetPair[] = Object.entries(VALUES).map(([name, { one, two }]) => ({
      name,
      values: { control: one, experiment: two },
      scopes: { control: scope, experiment: scope },
    }));
    const { backtest } = request;
    const expected = await backtestSeries(
      {
        ...{ config, pairs, thresholds: THRESHOLDS, judges: createJudges({}) },
        windowMillis: backtest.windowMinutes * MINUTE,
        changes: ['25 %', 'late'],
        judgements: backtest.judgements,
      },
      new AbortController().signal,
    );
    expect(ended.report).toEqual(JSON.parse(JSON.stringify(expected)));
    expect(ended.report).toMatchObject({ judged: WINDOWS - 1, withoutData: 1 });
  });
});
