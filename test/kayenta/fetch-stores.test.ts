import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { providers } from '../../providers/index.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

const WINDOW = 'start=2026-01-01T00:00:00Z&end=2026-01-01T01:00:00Z';
const ACCOUNTS: Record<string, Record<string, unknown>> = {
  atlas: { endpoint: { baseUrl: 'http://atlas.test' } },
  datadog: { apiKey: 'key', applicationKey: 'key' },
  graphite: { endpoint: { baseUrl: 'http://graphite.test' } },
  influxdb: { endpoint: { baseUrl: 'http://influx.test' }, database: 'shop' },
  newrelic: { apiKey: 'key', applicationKey: '1', defaultScopeKey: 'app' },
  stackdriver: { project: 'p' },
  wavefront: { endpoint: { baseUrl: 'http://wavefront.test' }, apiToken: 'key' },
};

let service: TestService;
beforeAll(async () => {
  const metricsStores = Object.entries(ACCOUNTS).map(([type, fields]) =>
    providers.find((provider) => provider.type === type)?.Account.parse({ name: type, type, ...fields }),
  );
  service = await createTestService({ providers: [...providers], metricsStores: metricsStores as never });
});
afterAll(() => service.close());

async function dryRun(type: string, parameters: string, payload?: object): Promise<string> {
  const url = `/fetch/${type}/query?dryRun=true&metricsAccountName=${type}&${parameters}`;
  const answer = await service.http.inject({ method: 'POST', url, ...(payload === undefined ? {} : { payload }) });
  return answer.json().query ?? JSON.stringify(answer.json());
}

describe("FET-1: a dry run of each store's route, with the parameters Kayenta has", () => {
  const named = 'metricSetName=m&metricName=cpu&scope=v2';
  it.each([
    ['datadog', `${named}&${WINDOW}`, 'cpu{v2}'],
    ['graphite', `metricSetName=m&metricName=cpu.$scope&scope=v2&${WINDOW}`, 'cpu.v2'],
    ['influxdb', `metricSetName=m&metricName=cpu&scope=version:v2&fields=mean&step=60&${WINDOW}`, "version = 'v2'"],
    ['wavefront', `${named}&aggregate=avg&step=m&${WINDOW}`, 'avg(ts(cpu, v2))'],
    ['atlas', `metricSetName=m&q=name,cpu,:eq&type=cluster&scope=v2&location=eu&step=60&${WINDOW}`, 'nf.cluster,v2'],
  ])('%s', async (type, parameters, text) => {
    expect(await dryRun(type, parameters)).toContain(text);
  });

  it('stackdriver, whose body holds further variables', async () => {
    const window = WINDOW.replace('start=', 'startTimeIso=').replace('end=', 'endTimeIso=');
    const parameters = `metricSetName=m&metricType=cpu&resourceType=global&step=60&${window}`;
    expect(await dryRun('stackdriver', parameters, { project: 'q' })).toContain('metric.type="cpu"');
  });

  it('newrelic, whose body is the metric', async () => {
    const query = { type: 'newrelic', select: 'SELECT average(duration) FROM Transaction' };
    const payload = { canaryMetricConfig: { name: 'm', query }, extendedScopeParams: { autoScalingGroup: 'g' } };
    const text = await dryRun('newrelic', `scope=v2&step=60&metricIndex=0&${WINDOW}`, payload);
    expect(text).toContain('TIMESERIES 60 seconds');
    expect(text).toContain("autoScalingGroup LIKE 'g'");
    expect(text).toContain("app LIKE 'v2'");
  });
});
