import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { density } from '../../src/web/charts/density.ts';
import { forestReach, forestRow } from '../../src/web/charts/forest-plot.ts';
import { jointChart } from '../../src/web/charts/joint-chart.ts';
import { PLOT_HEIGHT, scaleOver, valueScale } from '../../src/web/charts/plot-frame.ts';
import { scoreBar } from '../../src/web/charts/score-bar.ts';
import { seriesPath } from '../../src/web/charts/series-path.ts';
import { sampleReport } from '../support/samples/sample-run.ts';

interface Place {
  readonly x: number;
  readonly y: number;
  /** whether a line leads to it */
  readonly joined: boolean;
}

/** Reads path data of relative steps, as the charts write it. */
function placesOf(path: string): Place[] {
  let [x, y] = [0, 0];
  let command = '';
  const places: Place[] = [];
  for (const [, letter = '', dx, dy] of path.matchAll(/([mlz])?(?:\s*(-?\d+)\s*(-?\d+))?/g)) {
    if (letter === '' && dx === undefined) continue;
    command = letter === '' ? command : letter;
    if (command === 'z') continue;
    [x, y] = [x + Number(dx), y + Number(dy)];
    places.push({ x, y, joined: command === 'l' });
    // What follows a move without a letter is a line.
    command = 'l';
  }
  return places;
}

const identity = (value: number) => value;
const Series = fc.array(
  fc.oneof({ arbitrary: fc.integer({ min: 0, max: 1000 }), weight: 4 }, fc.constant(Number.NaN)),
  {
    maxLength: 200,
  },
);

describe('the path of a series', () => {
  it('goes through every point, in its slot', () => {
    fc.assert(
      fc.property(Series, (values) => {
        const expected = values.flatMap((value, slot) => (Number.isNaN(value) ? [] : [{ x: slot, y: value }]));
        expect(placesOf(seriesPath(values, identity, 1000)).map(({ x, y }) => ({ x, y }))).toEqual(expected);
      }),
    );
  });

  it('leaves gaps open', () => {
    fc.assert(
      fc.property(Series, (values) => {
        for (const { x, joined } of placesOf(seriesPath(values, identity, 1000))) {
          expect(joined).toBe(x > 0 && !Number.isNaN(values[x - 1]));
        }
      }),
    );
  });

  it('makes a point between two gaps a dot', () => {
    expect(seriesPath([Number.NaN, 5, Number.NaN, 7, 8], identity, 100)).toBe('m1 5zm2 2 1 1');
  });

  it('keeps the least and the greatest value of every column of a long series', () => {
    const values = Array.from({ length: 10_000 }, (_, slot) => ((slot * 7919) % 1000) + (slot === 5003 ? 4000 : 0));
    const places = placesOf(seriesPath(values, identity, 100));
    expect(places.length).toBeLessThanOrEqual(400);
    for (let column = 0; column < 100; column++) {
      const own = values.slice(column * 100, column * 100 + 100);
      const drawn = places.filter(({ x }) => x >= column * 100 && x < column * 100 + 100).map(({ y }) => y);
      expect([Math.min(...drawn), Math.max(...drawn)]).toEqual([Math.min(...own), Math.max(...own)]);
    }
  });
});

describe('the density of values', () => {
  it('sums to 1 and has its mode where the values are', () => {
    const sorted = Float64Array.from({ length: 500 }, (_, index) => 50 + 8 * Math.sin(index)).sort();
    const points = density([...sorted], [0, 100]);
    const [{ value: one = 0 } = {}, { value: next = 0 } = {}] = points;
    const sum = points.reduce((total, point) => total + point.density, 0) * (next - one);
    expect(sum).toBeCloseTo(1, 1);
    const peak = points.reduce((one, other) => (other.density > one.density ? other : one));
    expect(peak.value).toBeGreaterThan(40);
    expect(peak.value).toBeLessThan(60);
  });

  it('of one value throughout is a narrow peak', () => {
    const points = density(
      Array.from({ length: 100 }, () => 5),
      [4, 6],
    );
    expect(points.every(({ value }) => value > 4.8 && value < 5.2)).toBe(true);
  });
});

describe('the scale of values', () => {
  it('is not stretched by an outlier that was taken out', async () => {
    const [metric] = (await sampleReport(1, 60)).metrics;
    if (metric?.series === undefined || metric.result?.evidence === undefined) throw new Error('not judged');
    const control = [10, 12, 11, 4000, 10];
    const outlierFences = { control: { lower: 5, upper: 15 }, experiment: { lower: 5, upper: 15 } };
    const evidence = { ...metric.result.evidence, outlierFences };
    const wild = { ...metric, series: { ...metric.series, control, experiment: [11, 10, 12, 16, 10] } };
    const result = { ...metric.result, evidence };
    expect(valueScale({ ...wild, result }, 5).domain()).toEqual([10, 16]);
    const { result: _, ...unjudged } = wild;
    expect(valueScale(unjudged, 5).domain()).toEqual([0, 4000]);
    const nothing = { lower: 1, upper: 2 };
    const none = { ...evidence, outlierFences: { control: nothing, experiment: nothing } };
    expect(valueScale({ ...wild, result: { ...result, evidence: none } }, 5).domain()).toEqual([0, 4000]);
  });

  it('has room around a value that is one throughout, 0 too', () => {
    for (const value of [64, 0, -3]) {
      const y = scaleOver(value, value, 5);
      expect(y(value)).toBeGreaterThan(0);
      expect(y(value)).toBeLessThan(PLOT_HEIGHT);
    }
  });
});

describe('the charts of a metric', () => {
  it('are there without a script, and hold the values for one', async () => {
    const [metric] = (await sampleReport(1, 60)).metrics;
    if (metric === undefined) throw new Error('no metric');
    const chart = jointChart(metric);
    const places = placesOf(/class="arm control" d="([^"]*)"/.exec(chart)?.[1] ?? '');
    const y = valueScale(metric, 5);
    expect(places.map(({ y: at }) => at)).toEqual(metric.series?.control.map((value) => Math.round(y(value))));
    const embedded = JSON.parse(/<script type="application\/json">(.*)<\/script>/.exec(chart)?.[1] ?? '');
    expect(embedded.control).toEqual(metric.series?.control.map((value) => Number(value.toPrecision(5))));
    expect(chart.match(/role="img" aria-label="[^"]{20,}"/g)).toHaveLength(3);
    expect(chart.match(/class="outlier (control|experiment)"/g)).toHaveLength(2);
  });

  it('hold gaps as null, and no text that ends the element they stand in', async () => {
    const [metric] = (await sampleReport(1, 10)).metrics;
    if (metric?.series === undefined) throw new Error('no series');
    const series = { ...metric.series, control: [1, Number.NaN, Infinity] };
    const chart = jointChart({ ...metric, name: '</script><b>', series });
    expect(chart.match(/<\/script>/g)).toHaveLength(1);
    const embedded = JSON.parse(/<script type="application\/json">(.*)<\/script>/.exec(chart)?.[1] ?? '');
    expect(embedded).toMatchObject({ name: '</script><b>', control: [1, null, null] });
  });

  it('have no number that is none', async () => {
    const { metrics } = await sampleReport(20, 60);
    const wild = [[], [Number.NaN, Number.NaN], [Infinity, 1, -Infinity], [0, 0, 0], [1e308, -1e308], [1]];
    const [metric] = metrics;
    if (metric?.series === undefined) throw new Error('no series');
    const charts = metrics.map(jointChart);
    for (const control of wild) {
      for (const experiment of wild) {
        const { result: _, ...unjudged } = metric;
        charts.push(jointChart({ ...unjudged, series: { ...metric.series, control, experiment } }));
      }
    }
    for (const startMillis of [Number.NaN, 1e300, -8.7e15, 8.64e15]) {
      for (const stepMillis of [0, 1, 2_147_483_647_000, 1e300, Number.NaN]) {
        const series = { ...metric.series, startMillis: { control: startMillis, experiment: startMillis }, stepMillis };
        charts.push(jointChart({ ...metric, series }));
      }
    }
    for (const chart of charts) expect(chart.replace(/<script.*<\/script>/s, '')).not.toMatch(/NaN|Infinity|undefined/);
  });
});

describe('the forest plot', () => {
  it('is not flattened by one wild metric', () => {
    const calm = Array.from({ length: 19 }, () => ({ change: 0.05, lower: 0, upper: 0.08 }));
    const reach = forestReach([...calm, { change: 40 }]);
    const at = (change: number) => Number(/cx="([\d.]+)"/.exec(forestRow({ change }, reach))?.[1]);
    expect(at(0.05) - at(0)).toBeGreaterThan(15);
    expect(at(0.8) - at(0.05)).toBeGreaterThan(15);
  });

  it('holds failures: a doubled metric is drawn where it is', () => {
    const reach = forestReach([{ change: 0.02 }, { change: 1 }]);
    expect(forestRow({ change: 1 }, reach)).not.toContain(' head"');
  });

  it('marks the means where they are another change than the estimate', () => {
    expect(forestRow({ change: 0.1, ofMeans: 0.4 }, 0.5)).toMatch(/aria-label="[^"]*means \+40 %".*class="means"/s);
    expect(forestRow({ change: 0.1, ofMeans: 0.1 }, 0.5)).not.toContain('means');
  });

  it('says in words what it draws', () => {
    const row = forestRow(
      { change: 0.18, lower: 0.12, upper: 0.25, confidence: 0.98, allowed: { increase: 0.1 } },
      0.5,
    );
    expect(row).toContain('aria-label="+18 % (98 % interval +12 % to +25 %), allowed up to +10 %"');
  });

  it('marks with an arrow what lies beyond it', () => {
    expect(forestRow({ change: 3, lower: 2 }, 0.5).match(/ head"/g)).toHaveLength(2);
    expect(forestRow({ change: 0.1, lower: 0, upper: 0.2 }, 0.5)).not.toContain(' head"');
  });
});

describe('the bar of a score', () => {
  it('says in words where the score and the marks are', () => {
    expect(scoreBar({ score: 77.5, pass: 95, marginal: 75 })).toContain(
      'aria-label="Score 77.5 of 100; marginal from 75, pass from 95."',
    );
  });

  it('stays a bar with thresholds nobody would choose', () => {
    for (const marks of [{ pass: 50, marginal: 90 }, { pass: -5 }, { marginal: 400 }, {}]) {
      expect(scoreBar({ score: 120, ...marks })).not.toMatch(/NaN|="-|width="1\d\d\./);
    }
  });
});

describe('limits', () => {
  const limited = async (limits: readonly object[]) => {
    const [metric] = (await sampleReport(1, 60)).metrics;
    if (metric?.series === undefined || metric.result?.evidence === undefined) throw new Error('not judged');
    const evidence = { ...metric.result.evidence, limits };
    return { ...metric, result: { ...metric.result, evidence } } as typeof metric;
  };
  const limitAt = (name: string, at: number | undefined, held: boolean) => {
    return { name, bound: 1, found: 0, kind: 'points', held, ...(at === undefined ? {} : { at }) };
  };
  const ends = async () => valueScale(await limited([]), 5).domain() as [number, number];

  it('are lines at their values, named in the legend and to readers who do not see them', async () => {
    const [least, greatest] = await ends();
    const near = greatest + (greatest - least) / 2;
    const judged = await limited([limitAt('max', near, true), limitAt('increase', least, false)]);
    const y = valueScale(judged, 5);
    const chart = jointChart(judged);
    expect(y.domain()[1]).toBeGreaterThanOrEqual(near);
    expect(chart).toContain(`class="bound" d="M-0.5 ${Math.round(y(near))}h`);
    expect(chart).toContain(`class="bound broken" d="M-0.5 ${Math.round(y(least))}h`);
    expect(chart).toMatch(/<span class="key bound">at most [\d.,]+<\/span>/);
    expect(chart).toMatch(/<span class="key bound broken">increase to at most [\d.,]+, broken<\/span>/);
    expect(chart).toMatch(/aria-label="[^"]*Limit: at most [^"]*, held\./);
  });

  it('far from the values do not flatten them, and the legend says where they are', async () => {
    const [least, greatest] = await ends();
    const far = await limited([limitAt('max', greatest + 100 * (greatest - least), true)]);
    expect(valueScale(far, 5).domain()).toEqual([least, greatest]);
    const chart = jointChart(far);
    expect(chart).not.toContain('class="bound"');
    expect(chart).toContain(', outside the chart</span>');
  });

  it('without a place on the axis, as a burn rate, are not drawn', async () => {
    const chart = jointChart(await limited([limitAt('burnRate', undefined, false)]));
    expect(chart).not.toMatch(/class="(key )?bound/);
  });
});
