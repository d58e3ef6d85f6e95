import type { StandInSeries, StoreStandIn } from '../describe-providers.ts';

/** There is no store: the query holds the series. Several of them are among the fixtures. */
const inline: StoreStandIn = {
  about: 'points',
  account: () => ({ endpoint: null }),
  query: {},
  queryHolding: (series) => ({ series: { experiment: series.map(inSeconds) } }),
  answer: () => {
    throw new Error('nobody is asked');
  },
};

function inSeconds({ tags, points }: StandInSeries) {
  return { tags, points: points.map(([millis, value]) => [millis / 1000, value]) };
}

export const standIns = [inline];
