import { createServer } from 'node:http';

/**
 * A web shop that serves imaginary customers and exports Prometheus counters: requests by code, and their total time.
 * The environment sets how bad it is.
 */
const { HOST = '127.0.0.1', PORT = '8080', ERROR_RATIO = '0.01', LATENCY_SECONDS = '0.1' } = process.env;
const REQUESTS_A_TICK = 20;
const TICK_MILLIS = 100;

const counts = { ok: 0, failed: 0, seconds: 0 };

setInterval(() => {
  for (let request = 0; request < REQUESTS_A_TICK; request++) {
    if (Math.random() < Number(ERROR_RATIO)) counts.failed++;
    else counts.ok++;
    counts.seconds += Number(LATENCY_SECONDS) * (0.5 + Math.random());
  }
}, TICK_MILLIS);

const server = createServer((_request, response) => {
  response.setHeader('content-type', 'text/plain; version=0.0.4');
  response.end(`# TYPE http_requests_total counter
http_requests_total{code="200"} ${counts.ok}
http_requests_total{code="500"} ${counts.failed}
# TYPE http_request_duration_seconds_sum counter
http_request_duration_seconds_sum ${counts.seconds}
# TYPE http_request_duration_seconds_count counter
http_request_duration_seconds_count ${counts.ok + counts.failed}
`);
});
server.listen(Number(PORT), HOST, () => console.log(`listening on ${JSON.stringify(server.address())}`));
