/** A request that needs no metrics store: it contains its series. */
export const FIRST_REQUEST = {
  canaryConfig: {
    name: 'first-canary',
    metrics: [
      {
        name: 'latency in ms',
        query: {
          type: 'inline',
          control: [101, 99, 104, 98, 102, 100, 103, 97, 101, 99],
          experiment: [118, 123, 117, 121, 119, 122, 116, 120, 118, 124],
        },
        groups: ['latency'],
        analysisConfigurations: { canary: { direction: 'increase' } },
        scopeName: 'default',
      },
    ],
    classifier: { groupWeights: { latency: 100 } },
  },
  executionRequest: {
    scopes: {
      default: {
        controlScope: { scope: 'v1', start: '2026-01-01T12:00:00Z', end: '2026-01-01T12:10:00Z', step: 60 },
        experimentScope: { scope: 'v2', start: '2026-01-01T12:00:00Z', end: '2026-01-01T12:10:00Z', step: 60 },
      },
    },
    thresholds: { pass: 95, marginal: 75 },
  },
};
