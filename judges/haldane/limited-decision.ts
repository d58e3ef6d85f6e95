import type { Consequence, Decision } from './decided-metric.ts';
import type { TestedMetric } from './tested-metric.ts';

/** The decision of the comparison, and the limits beside it: both must hold. A metric that fails already keeps its reason. */
export function limitedDecision({ metric: { limits }, rules }: TestedMetric, compared: Decision): Decision {
  if (limits === undefined || limits.state === 'held') return compared;
  const { importance, scoreDecides } = rules;
  const failsAnyway = FAILED.includes(compared.classification);
  if (failsAnyway && (compared.consequence === 'failsAtOnce' || importance !== 'critical')) return compared;
  const byImportance: Consequence = importance === 'advisory' || scoreDecides ? 'lowers' : 'fails';
  const isBeyond = limits.state === 'beyond';
  return {
    clause: isBeyond ? 'beyondLimit' : 'limitUnchecked',
    classification: isBeyond ? limits.side : 'NodataFailMetric',
    consequence: importance === 'critical' ? 'failsAtOnce' : byImportance,
    flag: compared.flag,
    compared,
  };
}

const FAILED: readonly string[] = ['High', 'Low', 'NodataFailMetric'];
