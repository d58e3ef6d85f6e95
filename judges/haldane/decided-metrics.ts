import { inTurns, type Pace } from '../steps/in-turns.ts';
import { type DecidedMetric, decideMetric } from './decided-metric.ts';
import { flagMetrics } from './flag-metrics.ts';
import { limitedDecision } from './limited-decision.ts';
import { isTested, type TestedMetric } from './tested-metric.ts';
import { withUntoleratedPart } from './untolerated-part.ts';

/**
 * One error budget for all metrics that count. Muted ones are held against a budget of their own, so that they take nothing
 * from the others; so is a percentile of too few requests, whose p-value means nothing.
 */
export function decideMetrics(
  metrics: readonly TestedMetric[],
  errorBudget: number,
  pace: Pace,
): Promise<DecidedMetric[]> {
  const takesPart = ({ rules, guard }: TestedMetric) => !rules.muted && guard?.enough !== false;
  const flagsOf = (counted: boolean) =>
    flagMetrics(
      metrics.map((tested) => ({
        p: isTested(tested.test) && takesPart(tested) === counted ? tested.test.p : undefined,
        critical: tested.rules.importance === 'critical',
      })),
      errorBudget,
    );
  const [counted, others] = [flagsOf(true), flagsOf(false)];
  return inTurns([...metrics.entries()], pace, ([index, given]) => {
    const flag = (takesPart(given) ? counted : others)[index];
    const tested = withUntoleratedPart(given, flag);
    return {
      ...tested,
      decision: limitedDecision(tested, decideMetric(tested, isTested(tested.test) ? flag : undefined)),
    };
  });
}
