import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { judgeSeriesPair, type SeriesPair } from '../../../judges/haldane/judge-series-pair.ts';
import type { ComponentName } from '../../../judges/haldane/test-settings.ts';
import { incompleteBetaOdds } from '../../../judges/stats/distributions/incomplete-beta-quantile.ts';
import { orderedSeries } from '../../../judges/stats/samples/ascending-order.ts';
import { shiftLocation, walshLocation } from '../../../judges/stats/samples/rank-location.ts';
import { spearmanCorrelation } from '../../../judges/stats/samples/spearman.ts';
import { closeTo, publishedParts, tested } from './expectations.ts';

type Values = (number | null)[];
type Sides = { control: Values; experiment: Values };

interface MetricCase extends Sides {
  name: string;
  direction: SeriesPair['direction'];
  requests?: Sides;
  traffic?: 'equal' | Sides;
  history?: Values;
  overlap?: number;
  expected: {
    route: string;
    level?: number[];
    components: Partial<Record<ComponentName, [number, number]>>;
    p: number;
  };
}

/** What test/golden/haldane/reference.py wrote. */
function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../golden/haldane/${name}.json`, import.meta.url), 'utf8'));
}

const numbers = (values: Values) => values.map((value) => value ?? Number.NaN);
const sides = ({ control, experiment }: Sides) => ({ control: numbers(control), experiment: numbers(experiment) });

function judge({ overlap, traffic, requests, history, direction, ...arms }: MetricCase) {
  return judgeSeriesPair({
    ...sides(arms),
    direction,
    ...(requests && { requests: sides(requests) }),
    ...(traffic && { traffic: traffic === 'equal' ? traffic : sides(traffic) }),
    ...(history && { history: numbers(history) }),
    ...(overlap && { settings: { overlap } }),
  });
}

describe('a plain reading of the algorithm in another language says the same of', () => {
  test.each(read<MetricCase[]>('metrics').map((metric) => [metric.name, metric] as const))('%s', (_name, metric) => {
    const { expected } = metric;
    const result = judge(metric);
    expect(result.route).toBe(expected.route);
    if (result.route === 'untested') return;
    const found = Object.fromEntries(publishedParts(result).map(({ name, high, low }) => [name, [high, low]]));
    expect(Object.keys(found).sort()).toEqual(Object.keys(expected.components).sort());
    for (const [name, [high, low]] of Object.entries(expected.components)) {
      // In the logarithm: a far tail is as good as its exponent.
      closeTo(Math.log(found[name]?.[0] ?? 0), Math.log(high), `${name} high`, 1e-8);
      closeTo(Math.log(found[name]?.[1] ?? 0), Math.log(low), `${name} low`, 1e-8);
    }
    closeTo(result.p, Math.max(1e-12, expected.p), 'p', 1e-8);
    for (const [i, key] of (['estimate', 'standardError', 'degreesOfFreedom'] as const).entries()) {
      if (expected.level) closeTo(tested(result).level?.[key], expected.level[i] ?? Number.NaN, key);
    }
  });
});

describe('scipy agrees about', () => {
  interface LocationCase {
    name: string;
    x: number[];
    y: number[];
    one: [number, number];
    two: [number, number];
  }
  const sorted = (values: number[]) => values.toSorted((a, b) => a - b);

  test.each(read<LocationCase[]>('locations').map((sample) => [sample.name, sample] as const))(
    'the location of %s values',
    (_name, { x, y, one, two }) => {
      const found = walshLocation(sorted(x));
      closeTo(found.estimate, one[0]);
      closeTo(found.standardError, one[1]);
      const shift = shiftLocation(sorted(x), sorted(y));
      closeTo(shift.estimate, two[0]);
      closeTo(shift.standardError, two[1]);
    },
  );

  test.each(read<{ a: Values; b: Values; spearman: number }[]>('correlations'))(
    'correlation %#',
    ({ a, b, spearman }) => {
      const [first, second] = [a, b].map((values) => orderedSeries(numbers(values))) as [
        ReturnType<typeof orderedSeries>,
        ReturnType<typeof orderedSeries>,
      ];
      closeTo(spearmanCorrelation(first, second, 3), spearman);
    },
  );

  test.each(read<[number, number, number, number][]>('beta-odds'))('odds %#', (p, a, b, odds) => {
    closeTo(incompleteBetaOdds(p, a, b), odds);
  });
});
