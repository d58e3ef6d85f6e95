import { setTimeout as sleep } from 'node:timers/promises';
import { startLoopback } from './loopback-server.ts';
import { type RunningServer, startPrometheusWith } from './prometheus-server.ts';

const SCRAPED_WITHIN_MILLIS = 20_000;
/** Of each version one for each status. */
const SERIES = 4;

export interface VersionTraffic {
  readonly requestsPerSecond: number;
  /** of its requests, 0 to 1 */
  readonly errors: number;
}

const USUAL: VersionTraffic = { requestsPerSecond: 40, errors: 0.01 };

/**
 * A real Prometheus that scrapes a service called `shop` in two versions, once a second, and has done so once.
 *
 * @param canary what 1.5.0 gets; absent: the same as 1.4.0
 */
export async function startTwoVersions(canary: VersionTraffic = USUAL): Promise<RunningServer> {
  const begun = performance.now();
  const targets = await Promise.all(
    [USUAL, canary].map((traffic) =>
      startLoopback((_, response) => {
        response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
        response.end(exposition((performance.now() - begun) / 1000, traffic));
      }),
    ),
  );
  const [stable, newer] = targets.map(({ baseUrl }) => new URL(baseUrl).host);
  const prometheus = await startPrometheusWith(
    JSON.stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s' },
      scrape_configs: [
        {
          job_name: 'shop',
          static_configs: [
            { targets: [stable], labels: { version: '1.4.0' } },
            { targets: [newer], labels: { version: '1.5.0' } },
          ],
        },
      ],
    }),
  );
  await scraped(prometheus.baseUrl);
  return {
    baseUrl: prometheus.baseUrl,
    async stop() {
      await prometheus.stop();
      await Promise.all(targets.map((target) => target.stop()));
    },
  };
}

/** What a client library and its middleware expose, as counters that go up evenly. */
function exposition(seconds: number, { requestsPerSecond, errors }: VersionTraffic): string {
  const requests = Math.round(seconds * requestsPerSecond);
  return `# TYPE http_requests_total counter
http_requests_total{status="200",method="GET"} ${requests}
http_requests_total{status="500",method="GET"} ${Math.round(requests * errors)}
# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{le="0.1"} ${Math.round(requests * 0.9)}
http_request_duration_seconds_bucket{le="1"} ${requests}
http_request_duration_seconds_bucket{le="+Inf"} ${requests}
http_request_duration_seconds_sum ${requests * 0.06}
http_request_duration_seconds_count ${requests}
# TYPE process_cpu_seconds_total counter
process_cpu_seconds_total ${seconds * 0.2}
# TYPE process_resident_memory_bytes gauge
process_resident_memory_bytes 200000000
# TYPE go_goroutines gauge
go_goroutines 40
`;
}

/** @throws Error when it has not scraped both in time */
async function scraped(baseUrl: string): Promise<void> {
  const deadline = performance.now() + SCRAPED_WITHIN_MILLIS;
  while (performance.now() < deadline) {
    const answer = await fetch(`${baseUrl}/api/v1/query?query=http_requests_total`);
    const { data } = (await answer.json()) as { data: { result: unknown[] } };
    if (data.result.length === SERIES) return;
    await sleep(100);
  }
  throw new Error('the Prometheus has not scraped both versions');
}
