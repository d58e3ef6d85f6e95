import { describe, expect, it, test } from 'vitest';
import { onOneGrid } from '../../../judges/haldane/arms.ts';
import { countedEvents } from '../../../judges/haldane/counts.ts';
import { flagMetrics } from '../../../judges/haldane/flag-metrics.ts';
import { jointChange } from '../../../judges/haldane/joint-change.ts';
import { judgeSeriesPair, type MetricTest, type SeriesPair } from '../../../judges/haldane/judge-series-pair.ts';
import { lateLevel } from '../../../judges/haldane/late-level.ts';
import { pairedLevel, rankInflation, wholeLevel } from '../../../judges/haldane/level.ts';
import { logarithmicSeries, orderedArms } from '../../../judges/haldane/level-series.ts';
import { afterLook, type LookState } from '../../../judges/haldane/looks.ts';
import { recoveryOf } from '../../../judges/haldane/recovered.ts';
import { sharedEvents } from '../../../judges/haldane/shares.ts';
import { type ComponentName, DEFAULT_TEST_SETTINGS } from '../../../judges/haldane/test-settings.ts';
import { incompleteBeta } from '../../../judges/stats/distributions/incomplete-beta.ts';
import { studentTSurvival } from '../../../judges/stats/distributions/student-t-survival.ts';
import { NEW } from '../../../judges/stats/numerics/scratch.ts';
import { orderedSeries, partsOf } from '../../../judges/stats/samples/ascending-order.ts';
import { shiftLocation, walshLocation } from '../../../judges/stats/samples/rank-location.ts';
import { closeTo, publishedParts, tested } from './expectations.ts';
import {
  CASES,
  type CaseName,
  exchanged,
  HISTORY_OF_S4,
  RATES_G11,
  steadyControl,
  steadyExperiment,
} from './published-cases.ts';

const settings = DEFAULT_TEST_SETTINGS;
/** Before the windows at the very end were added. */
const FIRST_WEIGHTS = {
  whole: 0.65,
  half: 0.15,
  quarter: 0.1,
  spikes: 0.1,
  late4: 0,
  late8: 0,
  scatter: 0,
  modes: 0,
  trend: 0,
};

const judge = (name: CaseName, more: Partial<SeriesPair> = {}) =>
  tested(judgeSeriesPair({ ...CASES[name], direction: 'either', ...more }));

describe('the estimators', () => {
  const values = [5, 3, 4, 6, 7, 6, 5, 4, 3, 2, 4, 5];

  test.each([
    [12, 1, 2.1824638596],
    [6, 1, 2.03958935913],
    [12, 2, 2.37089043922],
  ])('inflate the variance over %i points with bias %i by %f', (points, bias, expected) => {
    closeTo(rankInflation(orderedSeries(values), { points, bias }, settings).factor, expected);
  });

  it('are those of Hodges and Lehmann', () => {
    const one = walshLocation([1, 2, 4, 8, 16]);
    expect(one.estimate).toBe(5);
    closeTo(one.standardError, 3.13512405443);
    const two = shiftLocation([3, 5, 9, 11, 30], [1, 2, 4, 8, 16]);
    expect(two.estimate).toBe(3);
    closeTo(two.standardError, 4.69473994968);
  });

  it('rest on Student and the incomplete beta function', () => {
    closeTo(studentTSurvival(2.5, 7.3), 0.0198251173328);
    closeTo(studentTSurvival(3, 1), 0.10241638235);
    closeTo(incompleteBeta(1.02 / 2.02, 12, 1), 0.000274780321786);
    closeTo(incompleteBeta(1.02 / 2.02, 30, 5), 3.99169423485e-6);
  });
});

describe('the whole window', () => {
  const NONE = Number.NaN;
  test.each([
    ['G1', [0.0976594675, 0.0027469869452, 8.59980349011], 1.56256397003, 'paired'],
    ['G2', [0.228050344, 0.0616267119027, 9.75303635867], 1.24537534481, 'twoSample'],
    ['G3', [0.039378343, 0.00675236798238, 5.11378046896], 1.71222286994, 'paired'],
    ['G7', [0.20437823575, 0.0108651605739, 10.8162761107], 4.12535400597, 'paired'],
    ['G9', [0.0101023845, 0.0905794175405, 11], 1, 'twoSample'],
    ['G10', [0.10466944, 0.00585585278977, 59], 1, 'paired'],
  ] as const)('of %s has the published paired estimate', (name, expected, inflation, used) => {
    const series = logarithmicSeries(onOneGrid(CASES[name].control, CASES[name].experiment));
    const level = pairedLevel(series.differences, settings);
    closeTo(level?.estimate, expected[0], 'estimate');
    closeTo(level?.standardError, expected[1], 'standard error');
    closeTo(level?.degreesOfFreedom, expected[2], 'degrees of freedom');
    closeTo((level?.points ?? NONE) / (level?.effectivePoints ?? NONE), inflation, 'inflation');
    expect(wholeLevel(series.differences, orderedArms(series, NEW), settings)?.candidate).toBe(used);
  });

  test.each([
    ['G1', [0.0962280320946, 0.0113176102391, 22], 1, 1],
    ['G2', [0.231185768785, 0.0491181448118, 19.7595413598], 1.21527812059, 1.21778485711],
    ['G3', [0.03828306353, 0.0139393175406, 13.8324801339], 1.53811414696, 1.65666568757],
    ['G7', [0.204032944904, 0.209653748138, 33.8087340179], 1, 4.13062531424],
    ['G9', [0.0100503358535, 0.0116100154811, 20.318510072], 1, 1.3524726991],
    ['G10', [0.103644500253, 0.0391413116071, 46.0256633411], 6.37782307279, 6.11303158309],
  ] as const)('of %s has the published estimate of two samples', (name, expected, ofControl, ofExperiment) => {
    const series = logarithmicSeries(onOneGrid(CASES[name].control, CASES[name].experiment));
    // Without pairs the two-sample estimate is the only one.
    const level = wholeLevel(orderedSeries([]), orderedArms(series, NEW), settings);
    closeTo(level?.estimate, expected[0], 'estimate');
    closeTo(level?.standardError, expected[1], 'standard error');
    closeTo(level?.degreesOfFreedom, expected[2], 'degrees of freedom');
    const arms = [series.control, series.experiment].map((arm) => orderedSeries(arm));
    const factors = arms.map((arm) => rankInflation(arm, { points: arm.order.length }, settings).factor);
    closeTo(factors[0], ofControl, 'inflation of the control');
    closeTo(factors[1], ofExperiment, 'inflation of the experiment');
  });
});

describe('events', () => {
  it('scatter as published', () => {
    const whole = { from: 0, points: 12, late: false };
    for (const [name, phi, control, experiment] of [
      ['G4', 0.788329238329, 5, 32],
      ['G5', 0.909090909091, 0, 12],
    ] as const) {
      const arms = onOneGrid(CASES[name].control, CASES[name].experiment);
      const { test: events, dispersion } = countedEvents(arms, whole, settings);
      closeTo(dispersion?.phi, phi);
      expect(events.high).toEqual({ control, experiment, exposure: 1 });
    }
  });

  it('of shares have the published sizes', () => {
    const { control, experiment } = CASES.G6;
    const inUnits = (values: number[]) => values.map((value) => value / 0.0087);
    const shared = sharedEvents(onOneGrid(inUnits(control), inUnits(experiment)), settings);
    closeTo(shared.sizeInControl, 0.0187950710038);
    closeTo(shared.sizeInExperiment, 19.4990632308);
    const { high } = judge('G6').events ?? { high: undefined };
    closeTo(high?.control, 746.099256711);
    closeTo(high?.experiment, 4.03968713831);
  });

  it('beside requests have the published p-values', () => {
    const { components, events } = tested(judgeSeriesPair({ ...RATES_G11, direction: 'either' }));
    const whole = components.find(({ name }) => name === 'whole');
    closeTo(whole?.high, 6.65015940018e-6);
    closeTo(whole?.low, 0.999999392522);
    expect(events?.high).toMatchObject({ control: 18, experiment: 12 });
  });

  it.each([
    ['late4', 24, 7, 0.949028749029, 1.1072002072, 1.80635804346, 18.0635804346],
    ['late8', 28, 3, 1.23333333333, 1.85, 0.540540540541, 4.86486486486],
  ])('of the window %s scatter as published', (_name, from, points, phi, eventsPerEvent, control, experiment) => {
    const arms = onOneGrid(CASES.S6.control, CASES.S6.experiment);
    const { test: events, dispersion } = countedEvents(arms, { from, points, late: true }, settings);
    closeTo(dispersion?.phi, phi);
    closeTo(dispersion?.eventsPerEvent, eventsPerEvent);
    closeTo(events.high.control, control);
    closeTo(events.high.experiment, experiment);
  });
});

type Tails = readonly [high: number, low: number];
type Row = readonly [CaseName, Partial<Record<ComponentName, Tails>>, p: number, side: 'High' | 'Low' | undefined];

const FIRST_ROWS: readonly Row[] = [
  [
    'G1',
    { whole: [1.68641358917e-7, 1], half: [1.36691475278e-6, 0.999999999994], spikes: [1, 1] },
    4.67006840077e-7,
    'High',
  ],
  [
    'G2',
    { whole: [0.000201761732704, 0.999971163541], half: [0.129931587175, 0.897558224742], spikes: [1, 1] },
    0.000558724798258,
    'High',
  ],
  ['G3', { whole: [0.117800243573, 0.999792669717], spikes: [1, 1] }, 0.271846715938, undefined],
  [
    'G4',
    { whole: [4.85909209608e-6, 0.999999594851], half: [0.000423170242053, 0.999967824288] },
    1.19608420826e-5,
    'High',
  ],
  ['G5', { whole: [0.000274780321786, 1], half: [0.0332870677532, 1] }, 0.000676382330549, 'High'],
  [
    'G6',
    { whole: [0.00634310152178, 0.999245816254], half: [0.0076687154341, 0.99939098415] },
    0.0156137883613,
    undefined,
  ],
  ['G8', { whole: [0.000244140625, 1], half: [0.015625, 1], spikes: [1, 1] }, 0.000676081730769, 'High'],
  [
    'G9',
    { whole: [0.696030660081, 0.941146650031], half: [0.521324166651, 0.563187161043], spikes: [0.125, 1] },
    1,
    undefined,
  ],
  [
    'G10',
    {
      whole: [7.23353254353e-8, 1],
      half: [6.75913252565e-7, 0.999999999997],
      quarter: [1.02046820309e-5, 0.999999998529],
      spikes: [1, 1],
    },
    2.22570232109e-7,
    'High',
  ],
];

/** The parts of the test have the published p-values, and there are no others. */
function expectRow(result: MetricTest, components: Row[1], p: number, side: Row[3]): void {
  expect(
    publishedParts(result)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(Object.keys(components).sort());
  for (const { name, high, low } of publishedParts(result)) {
    closeTo(high, components[name]?.[0] ?? Number.NaN, `${name} high`);
    closeTo(low, components[name]?.[1] ?? Number.NaN, `${name} low`);
  }
  closeTo(result.p, p, 'p');
  if (side) expect(result.side).toBe(side);
}

describe('without windows at the very end', () => {
  const first = { settings: { lateWindows: false, weights: FIRST_WEIGHTS } };

  test.each(FIRST_ROWS)('%s has the published p-values', (name, components, p, side) => {
    expectRow(judge(name, first), components, p, side);
  });

  it('G7 is as sure as anything can be', () => {
    const { components, p, side } = judge('G7', first);
    expect(components.map(({ name }) => name)).toEqual(['whole', 'half', 'spikes', 'trend']);
    closeTo(components[0]?.high, 1.45206825e-16, 'whole', 1e-8);
    expect(components[1]?.high).toBeLessThan(1e-100);
    expect({ p, side }).toEqual({ p: 1e-12, side: 'High' });
  });
});

const LATE_ROWS: readonly Row[] = [
  ['G1', { late4: [1.59847466244e-6, 0.999999999999] }, 4.7112506618e-7, 'High'],
  ['G2', { late4: [0.0286735397683, 0.981896606279] }, 0.000563651824698, 'High'],
  ['G3', {}, 0.265518009324, undefined],
  ['G4', { late4: [0.0584202560103, 0.994456442426] }, 1.23405513551e-5, 'High'],
  ['G5', { late4: [0.254975002451, 1] }, 0.000697854785487, 'High'],
  ['G6', { late4: [0.0276187850101, 0.998376295915] }, 0.0161094641823, undefined],
  ['G7', { late4: [0.0114383977905, 0.992972737692], late8: [0.0557897024985, 0.95836927859] }, 1e-12, 'High'],
  ['G8', { late4: [0.125, 1] }, 0.000682043650794, 'High'],
  ['G9', { late4: [0.291924685727, 0.766861211052] }, 1, undefined],
  ['G10', { late8: [0.000161670181636, 0.999999889181] }, 2.2274687515e-7, 'High'],
];

describe('with windows at the very end', () => {
  test.each(LATE_ROWS)('%s has the published p-values', (name, late, p, side) => {
    const result = judge(name);
    const components = result.components.filter((component) => component.name.startsWith('late'));
    expectRow({ ...result, components }, late, p, side);
  });

  test.each([
    ['S1', 24, [0.1939585515, 0.0166837396007, 29], 1, 1],
    ['S1', 28, [0.18211709525, 0.0531966610785, 23.9480783906], 1.42729250454, 1.26208418967],
    ['S2', 24, [0.13612599525, 0.031748720912, 22.9213518088], 1.54732020118, 1.47226237552],
    ['S2', 28, [0.222538769, 0.0390403689194, 25.0996893861], 1.30856337726, 1.20533023557],
    ['S5', 9, [0.417323067, 0.0293104351494, 5.79035652778], 2.37272728612, 1.4765293681],
  ] as const)('%s from point %i has the published level', (name, from, expected, ofAll, ofWindow) => {
    const series = logarithmicSeries(onOneGrid(CASES[name].control, CASES[name].experiment));
    const level = lateLevel(partsOf(series.differences, from, NEW), settings);
    closeTo(level.estimate, expected[0], 'estimate');
    closeTo(level.standardError, expected[1], 'standard error');
    closeTo(level.degreesOfFreedom, expected[2], 'degrees of freedom');
    closeTo(level.inflationOfAll, ofAll, 'inflation of all');
    closeTo(level.inflationOfWindow, ofWindow, 'inflation of the window');
  });
});

const SHAPE_ROWS: readonly Row[] = [
  [
    'S1',
    {
      whole: [0.367884255538, 0.978614974818],
      half: [0.160563063519, 0.93124089046],
      spikes: [1, 1],
      late4: [4.79106622501e-12, 1],
      late8: [0.00328907738269, 0.999470177378],
    },
    2.90658017651e-10,
    'High',
  ],
  [
    'S2',
    {
      whole: [0.5, 0.974076559724],
      half: [0.28155451219, 0.902707699438],
      spikes: [0.5, 1],
      late4: [0.00109277398453, 0.999955618553],
      late8: [1.43906024642e-5, 0.999999121715],
    },
    0.000873029882831,
    'High',
  ],
  [
    'S3',
    {
      whole: [0.977149989301, 0.131875865546],
      half: [0.890826818842, 0.238919061328],
      spikes: [1, 1],
      late4: [0.770031130428, 0.407600409338],
      late8: [0.875022835442, 0.205110135254],
      scatter: [1.95444091591e-16, 1],
    },
    1e-12,
    'High',
  ],
  [
    'S4',
    {
      whole: [0.529821823399, 0.974935612094],
      half: [0.576101297167, 0.886238477934],
      spikes: [0.00235312928011, 1],
      late4: [0.506886222432, 0.578210214052],
      late8: [0.52834746282, 0.527769066735],
    },
    0.0535336911224,
    'High',
  ],
  [
    'S5',
    {
      whole: [0.412641574809, 0.867035093903],
      half: [0.241503713417, 0.794861436393],
      spikes: [0.5, 1],
      late4: [2.93529274132e-7, 0.999999872293],
    },
    1.72203840824e-5,
    'High',
  ],
  [
    'S6',
    {
      whole: [0.000799430574544, 0.999869223034],
      half: [0.000319585701782, 0.999964051122],
      late4: [0.000170475493509, 0.999989164012],
      late8: [0.0768658175318, 0.994471837752],
    },
    0.00210643611705,
    'High',
  ],
];

const WITH: Partial<Record<CaseName, Partial<SeriesPair>>> = {
  S3: { traffic: 'equal' },
  S4: { history: HISTORY_OF_S4 },
};

describe('shapes', () => {
  test.each(SHAPE_ROWS)('%s has the published p-values', (name, components, p, side) => {
    expectRow(judge(name, WITH[name]), components, p, side);
  });

  it('S4 spikes as published', () => {
    const { spikes, decidedBy } = judge('S4', WITH.S4);
    const against = spikes?.againstHistory;
    expect(decidedBy).toBe('spikes');
    expect(against).toMatchObject({
      limit: 0.25,
      spikes: 4,
      spikesOfControl: 1,
      points: 31,
      pointsOfControl: 319,
      clustering: 1,
    });
    closeTo(against?.p, 0.00117656464005);
    closeTo(judge('S4', { ...WITH.S4, direction: 'increase' }).p, 0.0267668455612);
  });

  it('S3 scatters as published, also when traffic explains a part of it', () => {
    const { scatter } = judge('S3', WITH.S3);
    closeTo(scatter?.ofHigh?.estimate, 1.872078023);
    closeTo(scatter?.ofHigh?.standardError, 0.090016563192);
    expect(scatter?.ofHigh?.degreesOfFreedom).toBe(29);
    expect(scatter?.points).toBe(30);
    const traffic = {
      control: Array.from({ length: 31 }, () => 1000),
      experiment: Array.from({ length: 31 }, (_, t) => 100 + t),
    };
    const explained = judge('S3', { traffic }).scatter?.tails;
    closeTo(explained?.high, 0.000151150443464);
    closeTo(explained?.low, 1);
    const other = judgeSeriesPair({ ...exchanged(CASES.S3), direction: 'either', traffic: exchanged(traffic) });
    closeTo(tested(other).scatter?.tails?.high, 1);
    closeTo(tested(other).scatter?.tails?.low, 0.000151150443464);
  });
});

describe('all metrics together', () => {
  it('have the published joint p-value', () => {
    const series = (points: number, make: (t: number) => number) => Array.from({ length: points }, (_, t) => make(t));
    const pairs = [
      { control: steadyControl(31), experiment: steadyExperiment(31).map((x) => 1.02 * x) },
      {
        control: series(31, (t) => 50 + ((3 * t) % 7)),
        experiment: series(31, (t) => 1.03 * (50 + ((4 * t + 1) % 7))),
      },
      {
        control: series(31, (t) => 10 + ((6 * t) % 5)),
        experiment: series(31, (t) => 1.04 * (10 + ((6 * t + 2) % 5))),
      },
    ];
    const tests = pairs.map((pair) => tested(judgeSeriesPair({ ...pair, direction: 'increase' })));
    const joint = jointChange(tests);
    for (const [i, z] of [1.77857881689, 1.50433740292, 1.18765201933].entries()) closeTo(joint?.deviates[i], z);
    closeTo(joint?.variance, 4.60730137637);
    closeTo(joint?.p, 0.0186365112714);
    closeTo(jointChange(tests, { rho: 0 })?.p, 0.00579865284528);
  });

  it('are flagged as published', () => {
    const pValues = [0.001, 0.012, 0.03, 0.2, undefined];
    const flags = flagMetrics(
      pValues.map((p) => ({ p, critical: false })),
      0.05,
    );
    expect(flags.map(({ flagged }) => flagged)).toEqual([true, true, true, false, false]);
    expect(flags[4]).toEqual({ flagged: false, budget: 0.05, familySize: 4 });
  });

  it('keep the published p-value over three looks', () => {
    let state: LookState | undefined;
    const repeated = [0.02, 0.01, 0.02].map((p, index) => {
      state = afterLook(state, { p, side: 'High', fraction: (index + 1) / 3 });
      return state.p;
    });
    for (const [i, p] of [0.103923048454, 0.0284187012563, 0.0284187012563].entries()) closeTo(repeated[i], p);
  });
});

describe('a metric that recovers', () => {
  const factors = (end: number) => (t: number) => (t <= 13 ? 1.6 : t < 20 ? 1.6 - ((1.6 - end) * (t - 14)) / 6 : end);
  const worse = (factor: (t: number) => number) =>
    tested(
      judgeSeriesPair({
        control: steadyControl(31),
        experiment: steadyExperiment(31).map((x, t) => factor(t) * x),
        direction: 'either',
      }),
    );

  it('is recognized as published', () => {
    const recovery = recoveryOf(worse(factors(1)), 0.1);
    closeTo(Math.log1p(recovery?.upper ?? 0), 0.0847688279418);
    closeTo(Math.log1p(recovery?.before ?? 0), 0.440733247);
    expect(recovery).toMatchObject({ from: 21, points: 10 });
  });

  it('has not when it ends worse, or always was a little worse', () => {
    expect(recoveryOf(worse(factors(1.2)), 0.1)).toBeUndefined();
    expect(
      recoveryOf(
        worse(() => 1.07),
        0.1,
      ),
    ).toBeUndefined();
  });
});
