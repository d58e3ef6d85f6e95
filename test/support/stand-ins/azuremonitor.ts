import type { StandInAnswer, StandInSeries, StoreStandIn } from '../describe-providers.ts';

const TOKEN = 'eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.very-secret.x';
const RESOURCE = '/subscriptions/s1/resourceGroups/shop/providers/Microsoft.Web/sites/shop';

/** What follows from the window, and what is the same for all questions. */
const NOT_SHOWN = ['api-version', 'timespan', 'interval', 'AutoAdjustTimegrain', 'ValidateDimensions'];

/** Time is cut at whole minutes, the end is not included, and a point without the aggregation has no value. */
const azuremonitor: StoreStandIn = {
  about: 'Azure Monitor',
  account: () => ({ bearerToken: TOKEN }),
  secrets: [TOKEN],
  query: { resourceId: RESOURCE, metricName: 'HttpResponseTime' },
  groupedQuery: { resourceId: RESOURCE, metricName: 'HttpResponseTime', filter: "zone eq '*'" },
  epochAligned: true,
  shownText: ({ url }) => {
    const shown = [...url.searchParams].filter(([name]) => !NOT_SHOWN.includes(name));
    return `${url.pathname}?${shown.map(([name, value]) => `${name}=${value}`).join('&')}`;
  },
  sendsParts: 'it shows resource, metric and filter, which are encoded each by itself',
  answer({ url, headers }, series) {
    if (headers.authorization !== `Bearer ${TOKEN}`) return refusal(401, 'InvalidAuthenticationToken');
    if (url.pathname === '/subscriptions') return { body: '{"value":[]}' };
    if (url.pathname !== `${RESOURCE}/providers/Microsoft.Insights/metrics`) return refusal(404, 'ResourceNotFound');
    const [start = 0, end = 0] = (url.searchParams.get('timespan') ?? '').split('/').map(Date.parse);
    const value = {
      id: `${RESOURCE}/providers/Microsoft.Insights/metrics/HttpResponseTime`,
      type: 'Microsoft.Insights/metrics',
      name: { value: 'HttpResponseTime', localizedValue: 'Response Time' },
      unit: 'Seconds',
      timeseries: series.map((one) => elementOf(one, start, end)),
      errorCode: 'Success',
    };
    const timespan = [start, end].map((millis) => new Date(millis).toISOString()).join('/');
    return { body: JSON.stringify({ cost: 1, timespan, interval: url.searchParams.get('interval'), value: [value] }) };
  },
};

function elementOf({ tags, points }: StandInSeries, start: number, end: number) {
  return {
    metadatavalues: Object.entries(tags).map(([name, value]) => ({
      name: { value: name, localizedValue: name },
      value,
    })),
    data: points
      .filter(([millis]) => millis >= start && millis < end)
      .map(([millis, average]) => ({
        timeStamp: new Date(millis).toISOString(),
        ...(average === null ? {} : { average }),
      })),
  };
}

function refusal(status: number, code: string): StandInAnswer {
  return { status, body: JSON.stringify({ error: { code, message: 'The request was refused.' } }) };
}

export const standIns = [azuremonitor];
