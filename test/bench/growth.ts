import { haldane } from '../../judges/haldane/index.ts';
import { netflixAca } from '../../judges/netflix-aca/index.ts';
import { fakeProvider, seriesOf } from '../support/fake-provider.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService } from '../support/http/test-service.ts';

// CPU time of a metric in runs of 10, 100 and 1,000 metrics: what is linear costs the same in all of them.
const SIZES = [10, 100, 1000];
const JUDGES = [netflixAca, haldane];
const METRICS_A_SIZE = 4000;
const MOST_RUNS = 40;
const POINTS = Array.from({ length: 60 }, (_, slot) => 100 + ((slot * 7919) % 13));

const service = await createTestService({
  providers: [fakeProvider((request) => [seriesOf(request, POINTS)])],
  judges: JUDGES,
});
try {
  const rows = [];
  for (const { name: judge } of JUDGES) {
    for (const size of SIZES) await costsOf(judge, size, 1); // compiles the code
    for (const metrics of SIZES) {
      const runs = Math.min(METRICS_A_SIZE / metrics, MOST_RUNS);
      rows.push({ judge, metrics, ...(await costsOf(judge, metrics, runs)) });
    }
  }
  console.log('Milliseconds of CPU time a metric');
  console.table(rows);
  console.log(JSON.stringify({ node: process.version, growth: rows }));
} finally {
  await service.close();
}

async function costsOf(judge: string, metrics: number, runs: number) {
  const cost = { validate: 0, run: 0, report: 0 };
  for (let run = 0; run < runs; run++) {
    const window = { scopes: requestOf().scopes, thresholds: { pass: 95, marginal: 75 } };
    const body = {
      canaryConfig: configOf(metrics, { name: `bench-${metrics}-${run}`, judge: { name: judge } }),
      executionRequest: window,
    };
    cost.validate += await cpuMillis(() => post('/canaryConfig/validate', body));
    let id = '';
    cost.run += await cpuMillis(async () => {
      const answer = await post('/canary?wait=2m', body);
      if (answer.status !== 'succeeded') throw new Error(JSON.stringify(answer).slice(0, 500));
      id = answer.pipelineId ?? '';
    });
    cost.report += await cpuMillis(() => service.http.inject(`/reports/${id}.html`));
  }
  const each = (millis: number) => Number((millis / (metrics * runs)).toPrecision(3));
  return { validate: each(cost.validate), run: each(cost.run), report: each(cost.report) };
}

async function post(url: string, payload: object): Promise<Record<string, string>> {
  return (await service.http.inject({ method: 'POST', url, payload })).json();
}

async function cpuMillis(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
