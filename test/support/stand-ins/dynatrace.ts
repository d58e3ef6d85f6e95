import type { StandInSeries, StoreStandIn } from '../describe-providers.ts';

const TOKEN = 'dt0c01.ST2EY72KQINMH574WMNVI7YN.G3DFPBEJYMODIDAEX454M7YWBUVEFOWKPRVMWFASS64NFH52PX6BNDVFFM572RZM';

/** Time is cut at multiples of the resolution; timestamps are the ends of slots; a slot that is touched counts. */
const dynatrace: StoreStandIn = {
  about: 'Dynatrace',
  account: () => ({ apiToken: TOKEN }),
  secrets: [TOKEN],
  query: { metricSelector: 'latency:splitBy():avg' },
  groupedQuery: { metricSelector: 'latency:splitBy("zone"):avg' },
  epochAligned: true,
  slotsAQuestion: 10_000,
  shownText: ({ url }) => {
    const shown = [...url.searchParams].filter(([name]) => name.endsWith('Selector'));
    return shown.map(([name, value]) => `${name}=${value}`).join('&');
  },
  sendsParts: 'it shows the selectors, which are encoded each by itself',
  answer({ url, headers }, series) {
    if (headers.authorization !== `Api-Token ${TOKEN}`) return refusal(401, 'Token Authentication failed');
    if (url.pathname === '/api/v2/metrics') return success({ totalCount: 0, nextPageKey: null, metrics: [] });
    const [from, to] = ['from', 'to'].map((name) => Number(url.searchParams.get(name))) as [number, number];
    const resolution = url.searchParams.get('resolution') ?? '';
    const slotMillis = Number.parseInt(resolution, 10) * 60_000;
    if ((to - from) / slotMillis > 10_080) return refusal(400, 'Too many data points per tuple');
    const data = series
      .map((one) => seriesOf(one, { from, to, slotMillis }))
      .filter(({ timestamps }) => timestamps.length > 0);
    return success({ totalCount: data.length, nextPageKey: null, resolution, result: [{ metricId: 'latency', data }] });
  },
};

function seriesOf({ tags, points }: StandInSeries, window: { from: number; to: number; slotMillis: number }) {
  const { from, to, slotMillis } = window;
  const touched = points.filter(([millis]) => millis + slotMillis >= from && millis <= to);
  return {
    dimensions: Object.values(tags),
    dimensionMap: tags,
    timestamps: touched.map(([millis]) => millis + slotMillis),
    values: touched.map(([, value]) => value),
  };
}

function success(body: unknown) {
  return { body: JSON.stringify(body) };
}

function refusal(code: number, message: string) {
  return { status: code, body: JSON.stringify({ error: { code, message } }) };
}

export const standIns = [dynatrace];
