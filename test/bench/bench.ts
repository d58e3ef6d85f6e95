import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isDeepStrictEqual } from 'node:util';
import { netflixAca } from '../../judges/netflix-aca/index.ts';
import { judgeMetrics } from '../../judges/steps/judge-metrics.ts';
import { readSharedSettings } from '../../judges/steps/metric-settings.ts';
import type { JudgeRequest } from '../../src/domain/canary-judge.ts';
import { medianCpuMicros } from './measure.ts';
import { benchRequest, KINDS, type Kind } from './series.ts';
import { compareStraightforwardly } from './straightforward.ts';

const SIZES = [60, 240, 1440, 10080];
const { signal } = new AbortController();

// Otherwise the first measurement would include compiling the shared code.
for (const kind of KINDS) await medianCpuMicros(() => netflixAca.judge(benchRequest(kind, 20, 60), signal));

const perPair: Awaited<ReturnType<typeof benchPair>>[] = [];
for (const points of SIZES) {
  for (const kind of KINDS) perPair.push(await benchPair(kind, points));
}
const canaries = [await benchCanary(20, 60), await benchCanary(100, 1440)];
const growth = KINDS.map((kind) => ({ kind, cost10080Over1440: costAt(kind, 10080) / costAt(kind, 1440) }));

console.log('NetflixACAJudge-v1.0, microseconds of CPU time a metric pair (medians after warm-up)');
console.table(perPair);
console.log('Whole canaries, milliseconds; the longest pause of the event loop in milliseconds');
console.table(canaries);
console.table(growth);
console.log(JSON.stringify({ node: process.version, perPair, canaries, growth }));

async function benchPair(kind: Kind, points: number) {
  const pairs = points > 2000 ? 2 : 8;
  const request = benchRequest(kind, pairs, points);
  const same = isDeepStrictEqual(await netflixAca.judge(request, signal), await straightforward(request));
  if (!same) throw new Error(`The two versions disagree: ${kind}, ${points} points.`);
  const ours = (await medianCpuMicros(() => netflixAca.judge(request, signal))) / pairs;
  const theirs = (await medianCpuMicros(() => straightforward(request), { samples: 3, warmUpMillis: 100 })) / pairs;
  return { points, kind, judge: round(ours), straightforward: round(theirs), timesFaster: round(theirs / ours) };
}

async function straightforward(request: JudgeRequest) {
  return judgeMetrics(request, signal, {
    judgeName: netflixAca.name,
    settingsOf: readSharedSettings,
    compare: compareStraightforwardly,
  });
}

async function benchCanary(metrics: number, points: number) {
  const request = benchRequest('continuous', metrics, points);
  const cost = await medianCpuMicros(() => netflixAca.judge(request, signal));
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  for (let run = 0; run < 10; run++) await netflixAca.judge(request, signal);
  delay.disable();
  return { metrics, points, judgeMillis: round(cost / 1000), longestPauseMillis: round(delay.max / 1e6) };
}

function costAt(kind: Kind, points: number): number {
  return perPair.find((row) => row.kind === kind && row.points === points)?.judge ?? Number.NaN;
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
