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
const KINDS: Readonly<Record<string, (draws: Draw, points: number) => BenchMetric[]>> = {
  'positive values': (draws, points) => [arms(points, positive(draws))],
  'counts without zeros': (draws, points) => [arms(points, () => 1 + draws.poisson(20))],
  'counts with zeros': (draws, points) => [arms(points, () => draws.poisson(3))],
  'errors of requests': (draws, points) => {
    const requests = arms(points, () => draws.poisson(1000));
    const errors = (values: readonly number[]) => values.map((count) => draws.poisson(0.01 * count));
    return [
      { control: errors(requests.control), experiment: errors(requests.experiment), canary: { ratioOf: 'metric 1' } },
      requests,
    ];
  },
};

function requestFor(kind: string, canaries: number, points: number) {
  return Array.from({ length: canaries }, (_, index) => {
    return requestOf(KINDS[kind]?.(drawsOf(kind, points, index), points) ?? []);
  });
}

// What is measured first would otherwise pay for compiling what all of them use.
for (let round = 0; round < 200; round++) {
  for (const kind of Object.keys(KINDS)) {
    for (const request of requestFor(kind, 1, 60)) {
      await netflixAca.judge(request, signal);
      await haldane.judge(request, signal);
    }
  }
}

const rows = [];
for (const points of [60, 240, 1440, 10080]) {
  for (const kind of Object.keys(KINDS)) {
    const requests = requestFor(kind, points > 2000 ? 1 : 4, points);
    const cost = (judge: CanaryJudge, turn: number) =>
      medianCpuMicros(
        async () => {
          for (const request of requests) await judge.judge(request, signal);
        },
        { samples: 3, warmUpMillis: turn === 0 ? 300 : 20 },
      );
    // In turns, since the speed of a shared machine changes while we measure.
    const costs: { ours: number; theirs: number }[] = [];
    for (let turn = 0; turn < 5; turn++) {
      costs.push({ theirs: await cost(netflixAca, turn), ours: await cost(haldane, turn) });
    }
    const middle = costs.sort((a, b) => a.ours / a.theirs - b.ours / b.theirs)[2] as (typeof costs)[number];
    rows.push({
      points,
      kind,
      compatible: Math.round(middle.theirs / requests.length),
      haldane: Math.round(middle.ours / requests.length),
      times: Number((middle.ours / middle.theirs).toFixed(2)),
      allowed: ALLOWED[points] ?? '',
    });
  }
}
console.log('HaldaneJudge-v1.0: microseconds of CPU time a judgement of one metric (errors: with their requests)');
console.table(rows);

// With a harmful side all pairs of metrics are compared as well.
const harmful = { canary: { direction: 'increase' } };
const metrics = Array.from({ length: 100 }, (_, i) => ({ ...arms(1440, positive(drawsOf('canary', i))), ...harmful }));
const canary = requestOf(metrics);
const millis = (await medianCpuMicros(() => haldane.judge(canary, signal))) / 1000;
const pauses = await pausesOf(async () => {
  for (let run = 0; run < 10; run++) await haldane.judge(canary, signal);
});
console.log(
  'A canary of 100 metrics; pauses of the event loop in milliseconds of CPU time, which a busy machine leaves alone',
);
console.table([{ metrics: 100, points: 1440, judgeMillis: Math.round(millis), ...pauses, allowed: 20 }]);

/** How long others wait for their turn: nearly always, and at worst, which may hold a collection of garbage. */
async function pausesOf(work: () => Promise<void>): Promise<{ usual: number; longest: number }> {
  const pauses: number[] = [];
  let isDone = false;
  let last = process.cpuUsage();
  const turn = () => {
    const { user, system } = process.cpuUsage(last);
    last = process.cpuUsage();
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
