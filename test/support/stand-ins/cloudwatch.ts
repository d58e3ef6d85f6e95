import type { StandInAnswer, StandInSeries, StoreStandIn } from '../describe-providers.ts';

const SECRET = 'wJalrXUtnFEMI-bPxRfiCYEXAMPLEKEY';
const SESSION = 'FwoGZXIvYXdzEPT-session-of-the-role';
const HOUR_SECONDS = 3600;
/** of one answer, all series together */
const MOST_POINTS = 100_800;

/** Buckets of whole hours, since the windows of the suite are years old; series without points are answered too. */
const getMetricData: StoreStandIn = {
  about: 'GetMetricData',
  account: () => ({
    region: 'us-east-1',
    sigv4: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: SECRET, sessionToken: SESSION },
  }),
  secrets: [SECRET, SESSION],
  query: { namespace: 'Shop', metricName: 'Latency' },
  groupedQuery: { expression: 'SELECT AVG(Latency) FROM SCHEMA(Shop, zone) GROUP BY zone' },
  step: HOUR_SECONDS,
  epochAligned: true,
  slotsAQuestion: MOST_POINTS,
  noNulls: true,
  shownText: ({ body }) => JSON.stringify(JSON.parse(body).MetricDataQueries),
  answer({ headers, body }, series) {
    if (!headers.authorization?.startsWith('AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/')) return refusal('MissingToken');
    if (headers['x-amz-target'] !== 'GraniteServiceVersion20100801.GetMetricData') return refusal('UnknownOperation');
    const { MetricDataQueries: queries, StartTime: start, EndTime: end, NextToken: token } = JSON.parse(body);
    const [{ Id, Period = queries[0].MetricStat?.Period }] = queries;
    const points = series.flatMap((one, index) => pointsOf(one, start, end).map((point) => ({ index, point })));
    // The stand-in has nothing shorter that is so old; the store would say nothing either.
    const held = Period % HOUR_SECONDS === 0 || Date.now() / 1000 - start < 63 * 24 * HOUR_SECONDS ? points : [];
    const from = Number(token ?? 0);
    const page = held.slice(from, from + MOST_POINTS);
    const isLast = from + MOST_POINTS >= held.length;
    const results = (series.length === 0 ? [{ tags: {}, points: [] }] : series).map(({ tags }, index) => {
      const own = page.filter((one) => one.index === index).map(({ point }) => point);
      return {
        Id,
        Label: tags.zone ?? 'Latency',
        StatusCode: isLast ? 'Complete' : 'PartialData',
        Timestamps: own.map(([seconds]) => seconds),
        Values: own.map(([, value]) => value),
      };
    });
    return answer({
      MetricDataResults: results,
      Messages: [],
      ...(isLast ? {} : { NextToken: String(from + MOST_POINTS) }),
    });
  },
};

function pointsOf({ points }: StandInSeries, start: number, end: number): [seconds: number, value: number][] {
  const first = Math.floor(start / HOUR_SECONDS) * HOUR_SECONDS;
  return points.flatMap(([millis, value]) => {
    const seconds = millis / 1000;
    return value === null || seconds < first || seconds >= end ? [] : [[seconds, value]];
  });
}

function answer(body: unknown): StandInAnswer {
  return { headers: { 'content-type': 'application/x-amz-json-1.0' }, body: JSON.stringify(body) };
}

function refusal(type: string): StandInAnswer {
  return { ...answer({ __type: `com.amazon.coral.service#${type}Exception`, message: 'no' }), status: 400 };
}

export const standIns = [getMetricData];
