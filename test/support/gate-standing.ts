import type { GateStanding } from '../../src/domain/gate.ts';
import type { VerdictName, VerdictReport } from '../../src/domain/verdict-report.ts';

const REPORT = 'https://haldane.example.com/reports/01M83F4T054CQ9TW2F37BE2BNT';

/** A verdict as `GET …/verdict` answers it. */
export function verdictOf(verdict: VerdictName): VerdictReport {
  const isJudged = verdict === 'pass' || verdict === 'marginal' || verdict === 'fail';
  const done = verdict !== 'running';
  return {
    verdict,
    done,
    score: isJudged ? { pass: 100, marginal: 80, fail: 20 }[verdict] : null,
    thresholds: { pass: 95, marginal: 75 },
    reason: `The verdict is ${verdict}.`,
    failed: verdict === 'fail' ? ['latency'] : [],
    counted: isJudged ? 5 : 0,
    metrics: 5,
    progress: done ? 1 : 0.5,
    secondsLeft: done ? 0 : null,
    links: { report: REPORT },
  };
}

/** What is known of a release. @param verdict instead of the one of the standing */
export function standingOf(standing: Partial<GateStanding>, verdict?: VerdictName): GateStanding {
  const known = verdict === undefined ? standing.verdict : verdictOf(verdict);
  return { isJudging: false, nowMillis: 0, marks: {}, ...standing, ...(known === undefined ? {} : { verdict: known }) };
}

/** A value that throws when somebody writes to it. */
export function deepFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const child of Object.values(value)) deepFrozen(child);
  }
  return value;
}
