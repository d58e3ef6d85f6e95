import { haldane } from '../../judges/haldane/index.ts';
import { netflixAca } from '../../judges/netflix-aca/index.ts';
import type { CanaryJudge } from '../../src/domain/canary-judge.ts';
import { drawsOf, seriesOf } from '../support/samples/random-series.ts';
import { medianCpuMicros } from './measure.ts';
import { type BenchMetric, requestOf } from './verdicts/judged-canary.ts';
import type { Pair } from './verdicts/simulated-families.ts';

/** The cost of a whole judgement by HaldaneJudge beside the compatible judge's, on the same series. */
const { signal } = new AbortController();
/** So many times the compatible judge's cost are allowed. */
const ALLOWED: Readonly<Record<number, number>> = { 60: 6, 1440: 4, 10080: 4 };

type Draw = ReturnType<typeof drawsOf>;
const arms = (points: number, value: () => number): Pair => {
  return { control: seriesOf(points, value), experiment: seriesOf(points, value) };
};

const positive = (draws: Draw) => () => 100 * (1 + 0.1 * draws.normal());

/** Metrics of one kind; errors stand beside their requests, which the compatible judge judges as a metric of its own. */
const KINDS: Readonly<Record<string, (draws: Draw, points: number, place: number) => BenchMetric[]>> = {
  'positive values': (draws, points) => [arms(points, positive(draws))],
  'counts without zeros': (draws, points) => [arms(points, () => 1 + draws.poisson(20))],
  'counts with zeros': (draws, points) => [arms(points, () => draws.poisson(3))],
  'errors of requests': (draws, points, place) => {
    const requests = arms(points, () => draws.poisson(1000));
    const errors = (values: readonly number[]) => values.map((count) => draws.poisson(0.01 * count));
    return [
      {
        control: errors(requests.control),
        experiment: errors(requests.experiment),
        canary: { ratioOf: `metric ${place + 1}` },
      },
      requests,
    ];
  },
};

/** A canary of so many metrics, or a few more. */
function canaryOf(kind: string, metrics: number, points: number) {
  const all: BenchMetric[] = [];
  while (all.length < metrics)
    all.push(...(KINDS[kind]?.(drawsOf(kind, points, all.length), points, all.length) ?? []));
  return requestOf(all);
}

// With a harmful side all pairs of metrics are compared as well.
const harmful = { canary: { direction: 'increase' } };
const many = Array.from({ length: 100 }, (_, i) => ({ ...arms(1440, positive(drawsOf('canary', i))), ...harmful }));
const canary = requestOf(many);
// The first judgement of a new process runs code that is not compiled yet.
const first = await pausesOf(() => haldane.judge(canary, signal));

// What is measured first would otherwise pay for compiling what all of them use.
for (let round = 0; round < 100; round++) {
  for (const kind of Object.keys(KINDS)) {
    const request = canaryOf(kind, 2, 60);
    await netflixAca.judge(request, signal);
    await haldane.judge(request, signal);
  }
}

const rows = [];
for (const points of [60, 240, 1440, 10080]) {
  for (const kind of Object.keys(KINDS)) {
    const metrics = points > 2000 ? 2 : 8;
    const request = canaryOf(kind, metrics, points);
    const cost = (judge: CanaryJudge, turn: number) =>
      medianCpuMicros(() => judge.judge(request, signal), { samples: 3, warmUpMillis: turn === 0 ? 300 : 20 });
    // In turns, since the speed of a shared machine changes while we measure.
    const costs: { ours: number; theirs: number }[] = [];
    for (let turn = 0; turn < 5; turn++) {
      costs.push({ theirs: await cost(netflixAca, turn), ours: await cost(haldane, turn) });
    }
    const middle = costs.sort((a, b) => a.ours / a.theirs - b.ours / b.theirs)[2] as (typeof costs)[number];
    rows.push({
      points,
      kind,
      compatible: Math.round(middle.theirs / metrics),
      haldane: Math.round(middle.ours / metrics),
      times: Number((middle.ours / middle.theirs).toFixed(2)),
      allowed: ALLOWED[points] ?? '',
    });
  }
}
console.log(
  'HaldaneJudge-v1.0: microseconds of CPU time a metric, in canaries of eight (errors: half of them are requests)',
);
console.table(rows);

const millis = (await medianCpuMicros(() => haldane.judge(canary, signal))) / 1000;
const later = await pausesOf(async () => {
  for (let run = 0; run < 10; run++) await haldane.judge(canary, signal);
});
console.log('A canary of 100 metrics of 1440 points: how long it holds the event loop, milliseconds of CPU time');
console.table([
  { judgement: 'the first of a process', ...first, allowed: 20 },
  { judgement: 'later ones', judgeMillis: Math.round(millis), ...later, allowed: 20 },
]);

/** How long others wait for their turn: nearly always, and at worst, which may hold a collection of garbage. */
async function pausesOf(work: () => unknown): Promise<{ usual: number; longest: number }> {
  const pauses: number[] = [];
  let isDone = false;
  // Of this thread alone: others compile and collect garbage meanwhile, which holds nobody.
  let last = process.threadCpuUsage();
  const turn = () => {
    const { user, system } = process.threadCpuUsage(last);
    last = process.threadCpuUsage();
    pauses.push((user + system) / 1000);
    if (!isDone) setImmediate(turn);
  };
  setImmediate(turn);
  await work();
  isDone = true;
  const sorted = pauses.toSorted((a, b) => a - b);
  const at = (share: number) => Number((sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toPrecision(3));
  return { usual: at(0.95), longest: at(1) };
}
