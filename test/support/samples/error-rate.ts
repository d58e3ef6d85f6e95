import type { CanaryConfig } from '../../../src/domain/canary-config.ts';

const counter = (name: string) => `PromQL:sum(increase(${name}{version="\${scope}"}[1m]))`;

/** Errors over requests of a version, of which half as many again are allowed. */
export function errorRateConfig(name: string): CanaryConfig {
  return {
    name,
    applications: ['shop'],
    judge: { name: 'HaldaneJudge-v1.0', judgeConfigurations: {} },
    metrics: [
      {
        name: 'errors',
        query: {
          ...{ type: 'prometheus', serviceType: 'prometheus' },
          customInlineTemplate: counter('errors_total'),
          denominator: { customInlineTemplate: counter('requests_total') },
        },
        groups: ['all'],
        scopeName: 'default',
        analysisConfigurations: { canary: { direction: 'increase', effectSize: { allowedIncrease: 1.5 } } },
      },
    ],
    classifier: { groupWeights: { all: 100 } },
  };
}

/** 0 to 10/11, the same for the same minute. @param t a whole number */
export function unevenness(t: number, seed: number): number {
  return ((t * 7 + seed * 5) % 11) / 11;
}
