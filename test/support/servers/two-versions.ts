import { startLoopback } from './loopback-server.ts';
import { type RunningServer, startPrometheusWith } from './prometheus-server.ts';

/** A real Prometheus that scrapes a service called `shop` in two versions, once a second. */
export async function startTwoVersions(): Promise<RunningServer> {
  const begun = performance.now();
  const targets = await Promise.all(
    [0, 1].map(() =>
      startLoopback((_, response) => {
        response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
        response.end(exposition((performance.now() - begun) / 1000));
      }),
    ),
  );
  const [stable, canary] = targets.map(({ baseUrl }) => new URL(baseUrl).host);
  const prometheus = await startPrometheusWith(
    JSON.stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s' },
      scrape_configs: [
        {
          job_name: 'shop',
          static_configs: [
            { targets: [stable], labels: { version: '1.4.0' } },
            { targets: [canary], labels: { version: '1.5.0' } },
          ],
        },
      ],
    }),
  );
  return {
    baseUrl: prometheus.baseUrl,
    async stop() {
      await prometheus.stop();
      await Promise.all(targets.map((target) => target.stop()));
    },
  };
}

/** What a client library and its middleware expose, as counters that go up evenly. */
function exposition(seconds: number): string {
  const requests = Math.round(seconds * 40);
  return `# TYPE http_requests_total counter
http_requests_total{status="200",method="GET"} ${requests}
http_requests_total{status="500",method="GET"} ${Math.round(requests / 100)}
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
