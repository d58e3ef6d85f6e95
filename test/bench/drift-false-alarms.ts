/**
 * How often DriftJudge's statistics flag unchanged outputs at level 5 %, with a 95 % interval (Wilson) of each share.
 * Usage: node test/bench/drift-false-alarms.ts [trials, default 2000]. Fixed seeds: the same table every time.
 */
import { type CountMeasure, countDrift } from '../../judges/stats/tests/count-drift.ts';
import { mcnemarTest, signedRankTest } from '../../judges/stats/tests/paired-tests.ts';
import { sampleDrift } from '../../judges/stats/tests/sample-drift.ts';
import { fisherTest, wilsonInterval } from '../../judges/stats/tests/two-rates.ts';
import { alarms, categoriesOf, eventsOf, type SeededRandom, samplesOf } from '../support/unchanged-outputs.ts';

const ALPHA = 0.05;
const ALLOWED = 0.055;
const asked = Number(process.argv[2] ?? 2000);
const MEASURES: readonly CountMeasure[] = ['chiSquare', 'g', 'jensenShannon', 'psi'];
const percent = (share: number) => (100 * share).toFixed(2).padStart(5);
let worst = 0;

function row(name: string, trials: number, p: (random: SeededRandom) => number) {
  const share = alarms(trials, trials, ALPHA, p);
  const { lower, upper } = wilsonInterval({ events: Math.round(share * trials), trials }, 0.95);
  if (lower > ALLOWED) worst++;
  const mark = lower > ALLOWED ? 'above 5.5 %' : '';
  console.log(`${name.padEnd(58)} ${percent(share)} %  ${percent(lower)} to ${percent(upper)} %  of ${trials} ${mark}`);
}

for (const [n, m] of [
  [50, 50],
  [200, 200],
  [1000, 1000],
  [5000, 500],
  [20_000, 20_000],
  [100_000, 100_000],
] as const) {
  for (const cells of [2, 10, 100, 2000]) {
    for (const shape of ['even', 'skewed'] as const) {
      const draw = categoriesOf(cells, shape);
      for (const measure of MEASURES) {
        row(`${measure}: ${n} and ${m} outputs, ${cells} ${shape} cells`, n > 50_000 ? asked / 4 : asked, (random) => {
          const counts = { control: draw(n, random), experiment: draw(m, random) };
          return countDrift(counts, measure, ALPHA)?.pValue ?? 1;
        });
      }
    }
  }
}
for (const n of [50, 1000, 10_000, 100_000]) {
  for (const measure of ['ks', 'wasserstein'] as const) {
    const trials = n <= 50 ? asked : Math.max(100, Math.round(asked / (n / 100)));
    row(`${measure}: ${n} a side`, trials, (random) => {
      return sampleDrift(samplesOf(n, random), samplesOf(n, random), measure, ALPHA).pValue;
    });
  }
}
for (const n of [50, 1000, 20_000, 100_000]) {
  for (const alternative of ['two-sided', 'greater'] as const) {
    row(`two rates, Fisher, ${alternative}: ${n} a side, 3 % bad`, asked, (random) => {
      const rate = () => ({ events: eventsOf(n, 0.03, random), trials: n });
      return fisherTest(rate(), rate(), alternative);
    });
    row(`McNemar, ${alternative}: ${n} pairs, 10 % differ`, asked, (random) => {
      const pair = { onlyControl: eventsOf(n, 0.05, random), onlyExperiment: eventsOf(n, 0.05, random) };
      return mcnemarTest(pair, alternative);
    });
  }
  row(`paired scores, signed ranks: ${n}, with ties`, n > 1000 ? Math.round(asked / 5) : asked, ({ normal }) => {
    const differences = Array.from({ length: n }, () => Math.round(normal() * 4) / 4);
    return signedRankTest(differences, 'two-sided');
  });
}
console.log(worst === 0 ? 'None is above 5.5 %.' : `${worst} are above 5.5 %.`);
process.exitCode = worst === 0 ? 0 : 1;
