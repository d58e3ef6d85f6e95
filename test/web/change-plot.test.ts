import { describe, expect, it } from 'vitest';
import { HALDANE_JUDGE } from '../../src/domain/canary-judge.ts';
import type { MetricSetPair } from '../../src/domain/metric-set-pair.ts';
import type { MetricReport } from '../../src/reports/metric-report.ts';
import { changeScale } from '../../src/web/charts/change-plot.ts';
import { drawnMetric } from '../../src/web/charts/drawn-metric.ts';
import { jointChart } from '../../src/web/charts/joint-chart.ts';
import { changesOf } from '../../src/web/charts/metric-changes.ts';
import { PLOT_HEIGHT } from '../../src/web/charts/plot-frame.ts';
import { sampleConfig } from '../support/samples/report-samples.ts';
import { samplePairs, sampleReport } from '../support/samples/sample-run.ts';

// What the judge found, drawn: the estimate, its interval, what is allowed, and the part that decided.

const slots = (value: (t: number) => number) => Array.from({ length: 60 }, (_, t) => value(t));
const control = slots((t) => 100 + ((7 * t) % 11));

/** The first sample metric with other series, judged by HaldaneJudge. */
async function judged(series: Partial<MetricSetPair>, canary: object = {}, query: object = {}): Promise<MetricReport> {
  const config = sampleConfig(1);
  const [first] = config.metrics ?? [];
  const [pair] = samplePairs(1, 60);
  if (first === undefined || pair === undefined) throw new Error('no sample');
  const metric = {
    ...first,
    query: { ...first.query, ...query } as typeof first.query,
    analysisConfigurations: { canary: { direction: 'increase', ...canary } },
  };
  const { metrics } = await sampleReport(1, 60, {
    config: { ...config, judge: { name: HALDANE_JUDGE }, metrics: [metric] },
    pairs: [{ ...pair, ...series }],
  });
  const [report] = metrics;
  if (report === undefined) throw new Error('not reported');
  return report;
}

const late = () =>
  judged(
    { values: { control, experiment: slots((t) => (100 + ((5 * t + 3) % 13)) * (t < 45 ? 1 : 1.3)) } },
    { effectSize: { allowedIncrease: 1.1 } },
  );
const pathOf = (chart: string, name: string, plot = 'difference') => {
  const drawing = new RegExp(`<svg class="plot ${plot}[^"]*".*?</svg>`, 's').exec(chart)?.[0] ?? '';
  return new RegExp(`<path class="${name}" d="([^"]*)"`).exec(drawing)?.[1];
};

describe('the change of a metric', () => {
  it('is drawn as the ratio that was judged, with its interval, what is allowed and what decided', async () => {
    const metric = await late();
    const changes = changesOf(metric);
    const { ratioEstimate = 0, ratioInterval } = metric.result?.evidence ?? {};
    expect(changes).toMatchObject({
      kind: 'ratio',
      estimate: ratioEstimate - 1,
      interval: { lower: (ratioInterval?.lower ?? 0) - 1, upper: (ratioInterval?.upper ?? 0) - 1 },
      decided: { from: 45 },
    });
    expect(changes?.allowed?.upper).toBeCloseTo(0.1);
    expect(changes?.values[50]).toBeCloseTo((metric.series?.experiment[50] ?? 0) / (control[50] ?? 1) - 1);
    const chart = jointChart(metric);
    const y = changes && changeScale(changes, 3);
    if (y === undefined) throw new Error('nothing to draw');
    expect(pathOf(chart, 'estimate')).toBe(`M-.5 ${Math.round(y(ratioEstimate - 1))}h60`);
    expect(pathOf(chart, 'limit')).toBe(`M-.5 ${Math.round(y(0.1))}h60`);
    expect(pathOf(chart, 'level')).toMatch(/^M44\.5 \d+h15$/);
    for (const plot of ['difference', 'lines']) expect(pathOf(chart, 'decided', plot)).toMatch(/^M44\.5 -\d+h15v/);
    expect(chart).toContain('The last 15 of 60 points decided.');
    for (const key of ['estimate', 'allowed', 'decided']) expect(chart).toContain(`<span class="key ${key}">`);
  });

  it('draws no part that decided when all points did, and no limit that nobody set on that side', async () => {
    const metric = await judged({ values: { control, experiment: slots((t) => 130 + ((5 * t) % 13)) } });
    const chart = jointChart(metric);
    expect(pathOf(chart, 'decided')).toBeUndefined();
    expect(chart).not.toContain('what decided');
    // Below, everything is allowed: the band goes on beyond the drawing.
    const [, top = '', height = ''] = /^M-\.5 (-?\d+)h60v(\d+)/.exec(pathOf(chart, 'allowed') ?? '') ?? [];
    expect(Number(top) + Number(height)).toBeGreaterThan(PLOT_HEIGHT);
  });

  it('is drawn in the unit of the metric where a baseline of 0 has no ratio', async () => {
    const metric = await judged({
      values: { control: slots((t) => (t % 6 === 0 ? 1 : 0)), experiment: slots((t) => (t % 2 === 0 ? 1 : 0)) },
    });
    const changes = changesOf(metric);
    const { ratioEstimate = 0 } = metric.result?.evidence ?? {};
    expect(changes?.kind).toBe('difference');
    expect(changes?.estimate).toBeCloseTo((ratioEstimate - 1) / 6);
    expect(jointChart(metric)).toContain('Difference, canary − baseline');
  });

  it('of a rate is drawn as one, and not as its events', async () => {
    const requests = { control: slots((t) => 10_000 + t), experiment: slots((t) => 1000 + t) };
    const values = { control: slots((t) => 100 + (t % 7)), experiment: slots((t) => 20 + (t % 3)) };
    const denominator = { values: requests, scopes: samplePairs(1, 60)[0]?.scopes };
    const metric = await judged({ values, denominator }, {}, { denominator: { customInlineTemplate: 'requests' } });
    expect(metric.classification).toBe('High');
    const drawn = drawnMetric(metric);
    expect(drawn.series?.experiment[0]).toBeCloseTo(0.02);
    expect(changesOf(drawn)?.estimate).toBeGreaterThan(0.5);
    const chart = jointChart(metric);
    expect(chart).toContain('as rates: events over requests');
    const { control: embedded } = JSON.parse(/<script type="application\/json">(.*)<\/script>/.exec(chart)?.[1] ?? '');
    expect(embedded[0]).toBeCloseTo(0.01);
  });

  it('has no number that is none, whatever the series', async () => {
    const metric = await late();
    const wild = [[], [Number.NaN], [Infinity, 1], [0, 0, 0], [1e308, -1e308], [1], [1, 1e-300, 5]];
    for (const one of wild) {
      for (const other of wild) {
        const series = metric.series && { ...metric.series, control: one, experiment: other };
        const chart = jointChart({ ...metric, ...(series && { series }) });
        expect(chart.replace(/<script.*<\/script>/s, '')).not.toMatch(/NaN|Infinity|undefined/);
      }
    }
  });
});
