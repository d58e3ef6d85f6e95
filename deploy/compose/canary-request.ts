/** Prints the body of `POST /canary` for the sample app's last `MINUTES` (default 1). */
const minutes = Number(process.env.MINUTES ?? '1');
const end = new Date(Math.floor(Date.now() / 1000) * 1000);
const window = { start: new Date(end.getTime() - minutes * 60_000).toISOString(), end: end.toISOString(), step: 2 };

/** Sums drop the version label; with it the two sides would be different series. */
const metric = (name: string, group: string, expr: string) => ({
  name,
  groups: [group],
  scopeName: 'default',
  query: { type: 'prometheus', customInlineTemplate: `PromQL:${expr}` },
  analysisConfigurations: { canary: { direction: 'increase', effectSize: { allowedIncrease: 1.1 } } },
});

const request = {
  canaryConfig: {
    name: 'sample-app',
    applications: ['sample-app'],
    judge: { name: 'HaldaneJudge-v1.0' },
    metrics: [
      metric('failed requests', 'errors', 'sum(rate(http_requests_total{version="${scope}",code="500"}[5s]))'),
      metric(
        'latency, mean',
        'latency',
        'sum(rate(http_request_duration_seconds_sum{version="${scope}"}[5s])) / sum(rate(http_request_duration_seconds_count{version="${scope}"}[5s]))',
      ),
    ],
    classifier: { groupWeights: { errors: 50, latency: 50 } },
  },
  executionRequest: {
    scopes: {
      default: { controlScope: { scope: 'stable', ...window }, experimentScope: { scope: 'canary', ...window } },
    },
    thresholds: { pass: 95, marginal: 75 },
  },
};
console.log(JSON.stringify(request));
