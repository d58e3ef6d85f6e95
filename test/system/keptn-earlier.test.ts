import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { CanaryExecutionStatusResponse } from '../../src/domain/run.ts';
import { runHaldane } from '../cli/run-haldane.ts';
import { type ServiceProcess, startService } from '../support/http/service-process.ts';
import { type RunningServer, startPrometheus } from '../support/servers/prometheus-server.ts';
import { requiredServer } from '../support/servers/required-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const HOUR = 3_600_000;
const FIRST = Date.UTC(2026, 0, 8, 0);
const POINTS = 30;

/**
 * The mean latency of the canary hour by hour: a release each. By Keptn's rule "<=+10%" of the average of up to three earlier
 * results that passed or were a warning, with a warning up to +30 %:
 */
const RELEASES = [
  { level: 100, errors: 0.1, verdict: 'Pass', why: 'the first has nothing earlier, and its baseline is as slow' },
  { level: 108, errors: 0.1, verdict: 'Pass', why: '+8 % of 100' },
  { level: 113, errors: 0.1, verdict: 'Pass', why: '+8.7 % of 104' },
  { level: 120, errors: 0.1, verdict: 'Marginal', why: '+12.1 % of 107, although only +6.2 % of the one before' },
  { level: 160, errors: 0.1, verdict: 'Fail', why: '+40.8 % of 113.67, and its key indicator fails' },
  { level: 124, errors: 0.1, verdict: 'Pass', why: '+9.1 % of 113.67: the one that failed does not count' },
  {
    level: 110,
    errors: 5,
    verdict: 'Marginal',
    why: 'a third of the weight has failed: a score of 67, where 60 is a warning',
  },
] as const;

const SLO = {
  spec_version: '1.0',
  comparison: {
    compare_with: 'several_results',
    include_result_with_score: 'pass_or_warn',
    number_of_comparison_results: 3,
    aggregate_function: 'avg',
  },
  objectives: [
    {
      sli: 'latency',
      key_sli: true,
      weight: 2,
      pass: [{ criteria: ['<=+10%'] }],
      warning: [{ criteria: ['<=+30%'] }],
    },
    { sli: 'errors', weight: 1, pass: [{ criteria: ['<=1'] }] },
  ],
  total_score: { pass: '90%', warning: '60%' },
};
const SLI = {
  indicators: {
    latency: 'avg(last_over_time(latency{version="$SERVICE"}[59s]))',
    errors: 'avg(last_over_time(errors{version="$SERVICE"}[59s]))',
  },
};

function samples(): string {
  const of = (name: string, value: (release: (typeof RELEASES)[number]) => number) =>
    ['canary', 'baseline'].flatMap((version) =>
      RELEASES.flatMap((release, hour) =>
        Array.from({ length: POINTS }, (_, t) => {
          // Around the level, and exactly it on average.
          const wobble = version === 'canary' ? (t % 2 === 0 ? 2 : -2) / 100 : 0;
          const level = version === 'canary' ? value(release) : value(RELEASES[0]);
          return `${name}{version="${version}"} ${level * (1 + wobble)} ${(FIRST + hour * HOUR) / 1000 + 60 * t}`;
        }),
      ),
    );
  const latency = ['# TYPE latency gauge', ...of('latency', ({ level }) => level)];
  const errors = ['# TYPE errors gauge', ...of('errors', (release) => release.errors)];
  return `${[...latency, ...errors, '# EOF'].join('\n')}\n`;
}

const instant = (millis: number) => new Date(millis).toISOString().replace('.000Z', 'Z');
const prometheus = await requiredServer('prometheus', () => startPrometheus(samples()));

describe.skipIf(prometheus === undefined)('an SLO file of Keptn that compares with several results', () => {
  const directory = temporaryDirectory();
  let service: ServiceProcess;
  beforeAll(async () => {
    const { baseUrl } = prometheus as RunningServer;
    const account = { name: 'prom', type: 'prometheus', endpoint: { baseUrl } };
    writeFileSync(join(directory, 'haldane.yml'), JSON.stringify({ dataDir: directory, accounts: [account] }));
    service = await startService({ HALDANE_CONFIG: join(directory, 'haldane.yml'), HALDANE_PORT: '0' });
  });
  afterAll(async () => {
    await service?.stop('SIGKILL');
    await prometheus?.stop();
  });

  const send = async (path: string, body: object) => {
    const answer = await fetch(`${service.baseUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const json: unknown = await answer.json();
    expect(answer.ok, JSON.stringify(json)).toBe(true);
    return json;
  };

  it('judges each release by those before it that count', async () => {
    const [slo, sli] = [join(directory, 'slo.yaml'), join(directory, 'sli.yaml')];
    writeFileSync(slo, stringify(SLO));
    writeFileSync(sli, stringify(SLI));
    const { out } = await runHaldane([
      'import',
      'keptn',
      slo,
      '--sli',
      sli,
      '--name',
      'carts',
      '--application',
      'shop',
    ]);
    const { canaryConfigId } = (await send('/canaryConfig', parse(out))) as { canaryConfigId: string };
    for (const [hour, { verdict, why }] of RELEASES.entries()) {
      const window = {
        start: instant(FIRST + hour * HOUR),
        end: instant(FIRST + hour * HOUR + POINTS * 60_000),
        step: 60,
      };
      const run = (await send(`/canary/${canaryConfigId}?wait=30s&application=shop`, {
        scopes: {
          default: {
            controlScope: { scope: 'baseline', ...window },
            experimentScope: { scope: 'canary', ...window },
          },
        },
        thresholds: { pass: 90, marginal: 60 },
      })) as CanaryExecutionStatusResponse;
      const { score, results } = run.result?.judgeResult ?? {};
      const said = results?.map(({ evidence }) => evidence?.sentence).join(' ');
      expect([why, score?.classification, said]).toEqual([why, verdict, said]);
      if (hour === 3) expect(said).toContain('the mean of 3 earlier runs');
    }
  });
});
