import { judgeSeriesPair } from '../../judges/haldane/judge-series-pair.ts';
import { netflixAca } from '../../judges/netflix-aca/index.ts';
import { medianCpuMicros } from './measure.ts';
import { benchRequest, KINDS } from './series.ts';

/** The cost of HaldaneJudge's mathematics beside the whole of the compatible judge, on the same series. */
const { signal } = new AbortController();
const rows = [];

// What is measured first would otherwise pay for compiling what all of them use.
for (const kind of KINDS) {
  const request = benchRequest(kind, 8, 60);
  for (let round = 0; round < 500; round++) {
    await netflixAca.judge(request, signal);
    for (const { values } of request.metricSetPairList) {
      judgeSeriesPair({ control: values.control ?? [], experiment: values.experiment ?? [], direction: 'either' });
    }
  }
}
for (const points of [60, 240, 1440, 10080]) {
  for (const kind of KINDS) {
    const pairs = points > 2000 ? 2 : 8;
    const request = benchRequest(kind, pairs, points);
    const haldane = () => {
      for (const { values } of request.metricSetPairList) {
        const { control = [], experiment = [] } = values;
        judgeSeriesPair({ control, experiment, direction: 'either' });
      }
    };
    // In turns, since the speed of a shared machine changes while we measure.
    const costs: { ours: number; theirs: number }[] = [];
    for (let turn = 0; turn < 5; turn++) {
      const few = { samples: 3, warmUpMillis: turn === 0 ? 300 : 20 };
      costs.push({
        theirs: (await medianCpuMicros(() => netflixAca.judge(request, signal), few)) / pairs,
        ours: (await medianCpuMicros(haldane, few)) / pairs,
      });
    }
    const middle = costs.sort((a, b) => a.ours / a.theirs - b.ours / b.theirs)[2] as (typeof costs)[number];
    rows.push({
      points,
      kind,
      compatible: Math.round(middle.theirs),
      haldane: Math.round(middle.ours),
      times: Number((middle.ours / middle.theirs).toFixed(2)),
    });
  }
}
console.log('Microseconds of CPU time a metric pair; the goals are 6 times at 60 points, 4 at 1440 and 10080');
console.table(rows);
