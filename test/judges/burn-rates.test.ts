import { describe, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import { burnOverWindows } from '../../judges/steps/burn-rates.ts';
import type { CanaryJudge } from '../../src/domain/canary-judge.ts';
import { settingProblems } from '../../src/domain/judge-settings.ts';

const { signal } = new AbortController();
const judge = createJudges({}).find(({ name }) => name === 'ThresholdJudge-v1.0') as CanaryJudge;
const query = { type: 'prometheus', serviceType: 'prometheus' };
const metricOf = (limits: object) => ({
  name: 'errors',
  query,
  groups: ['g'],
  analysisConfigurations: { canary: { limits: { objective: 0.999, ...limits } } },
});

async function judged(limits: object, shares: readonly number[], stepMillis = 60_000) {
  const { results, score } = await judge.judge(
    {
      canaryConfig: { metrics: [metricOf(limits)], classifier: { groupWeights: { g: 100 } } },
      scoreThresholds: { pass: 95, marginal: 75 },
      metricSetPairList: [
        {
          name: 'errors',
          values: { control: [], experiment: [...shares] },
          scopes: { control: { stepMillis }, experiment: { stepMillis } } as never,
        },
      ],
      history: { runs: [] },
    },
    signal,
  );
  const evidence = results[0]?.evidence;
  return { verdict: score.classification, clause: evidence?.clause, sentence: evidence?.sentence };
}

const minutes = (count: number, share: number) => new Array<number>(count).fill(share);
const FAST = { burnRates: [{ rate: 14.4, windows: ['1h', '5m'] }] };

describe('a burn rate over several windows', () => {
  it('holds while any of the windows is within the rate', async () => {
    // Five minutes of 10 % are a hundred times the budget, in the hour only 8.3 times.
    const spike = [...minutes(55, 0), ...minutes(5, 0.1)];
    expect(await judged(FAST, spike)).toMatchObject({ clause: 'withinLimits', verdict: 'Pass' });
    // Over 24 minutes of 2 % the hour uses up 8 times the budget.
    const over = [...minutes(60, 0), ...minutes(24, 0.02), ...minutes(10, 0)];
    expect(await judged(FAST, over)).toMatchObject({ clause: 'withinLimits' });
  });

  it('is beyond where an alert would have fired, also where it has ended since', async () => {
    const late = [...minutes(20, 0), ...minutes(50, 0.02)];
    const found = await judged(FAST, late);
    expect(found).toMatchObject({ clause: 'beyondLimit', verdict: 'Fail' });
    expect(found.sentence).toContain('over 1h and 5m at once');
    expect(await judged(FAST, [...late, ...minutes(60, 0)])).toMatchObject({ clause: 'beyondLimit' });
  });

  it('is not known, and no pass, where the run is shorter than a window and the others burn too fast', async () => {
    const short = await judged(FAST, minutes(30, 0.02));
    expect(short).toMatchObject({ clause: 'limitUnchecked', verdict: 'Fail' });
    expect(short.sentence).toContain('over 1h and 5m is not known: the requests of 1h are not all in the data');
    expect(short.sentence).toContain('over 5m it burns too fast');
    const shorter = await judged(FAST, minutes(4, 0));
    expect(shorter.sentence).toContain('the data are shorter than the window of 5m');
    expect(shorter.verdict).toBe('Fail');
  });

  it('holds in a short run where the short window never burns: the alert could not fire', async () => {
    expect(await judged(FAST, minutes(30, 0.001))).toMatchObject({ clause: 'withinLimits', verdict: 'Pass' });
  });

  it('needs points that are no further apart than its shortest window', async () => {
    const { sentence, clause } = await judged(FAST, minutes(30, 0), 600_000);
    expect(clause).toBe('limitUnchecked');
    expect(sentence).toContain('its points are 600 s apart, more than the window of 5m');
  });

  it('of several rates fails by any of them', async () => {
    const table = { burnRates: [...FAST.burnRates, { rate: 6, windows: ['30m', '2h'] }] };
    expect(await judged(table, minutes(120, 0.008))).toMatchObject({ clause: 'beyondLimit' });
    expect(await judged(FAST, minutes(120, 0.008))).toMatchObject({ clause: 'withinLimits' });
  });

  it('stands beside that of the whole window where both are asked for', async () => {
    expect(await judged({ ...FAST, burnRate: 5 }, minutes(120, 0.008))).toMatchObject({ clause: 'beyondLimit' });
  });

  it('does not take missing points for good ones', () => {
    const gap = { bad: Number.NaN, all: Number.NaN };
    const options = { objective: 0.9, stepSeconds: 60, coverage: 0.5 };
    const burnRate = { rate: 1, windows: ['4m'] };
    expect(burnOverWindows([gap, gap, gap, { bad: 0, all: 1 }], burnRate, options)).toMatchObject({ held: false });
    // No requests use no budget up.
    expect(burnOverWindows(new Array(4).fill({ bad: 0, all: 0 }), burnRate, options)).toEqual({ found: 0, held: true });
  });
});

it.each([
  [{ objective: undefined, burnRate: 2 }, 'burnRate is of its error budget'],
  [{ objective: undefined, ...FAST }, 'burnRates is of its error budget'],
  [{ burnRates: [{ rate: 14.4, windows: ['an hour'] }] }, 'write a length of time such as "5m"'],
  [{ burnRates: [{ rate: 14.4, windows: ['0s'] }] }, 'write a length of time such as "5m"'],
  [{ burnRates: 14.4 }, 'write a list such as [{ "rate": 14.4, "windows": ["1h", "5m"] }]'],
])('%j is refused with the remedy', (limits, remedy) => {
  const messages = settingProblems(judge, { metrics: [metricOf(limits)] }).map(({ message }) => message);
  expect(messages).toEqual([expect.stringContaining(remedy)]);
});
