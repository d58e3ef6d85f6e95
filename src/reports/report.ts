import type { AnalysisReport } from './analysis-report.ts';
import { formatNumber } from './format.ts';
import type { RunReport } from './run-report.ts';
import { verdictOf } from './verdict.ts';
import { visibleText } from './visible-text.ts';

/** What a report can be about. */
export type Report = RunReport | AnalysisReport;

/** What was judged: the config, the scopes of both sides, the application. */
export interface Subject {
  /** a config without a name has none */
  readonly config: string;
  /** "v41 → v42" */
  readonly sides: string;
  readonly application: string;
}

const MOST_SIDES = 2;

export function subjectOf(report: Report): Subject {
  const pairs =
    report.kind === 'run'
      ? report.scopes.map(({ control, experiment }) => [control?.scope, experiment?.scope])
      : report.scopes.map(({ controlScope, experimentScope }) => [controlScope, experimentScope]);
  const texts = pairs
    .map(([control = '', experiment = '']) => (control === experiment ? control : `${control} → ${experiment}`))
    .filter((text) => text !== '');
  const sides = [...new Set(texts)];
  const others = sides.length - MOST_SIDES;
  return {
    config: report.config.name ?? '',
    sides: `${sides.slice(0, MOST_SIDES).join(', ')}${others > 0 ? ` and ${others} more` : ''}`,
    application: report.application,
  };
}

/** "Marginal 77.5: shop, every release · v41 → v42 · shop" */
export function titleOf(report: Report): string {
  const { verdict, status, score, coverage } = report;
  const value = verdict === undefined || score === undefined ? '' : ` ${formatNumber(score)}`;
  const { config, sides, application } = subjectOf(report);
  const subject = [config, sides, application].filter((part) => part !== '').join(' · ');
  return visibleText(`${verdictOf(verdict, status, coverage?.overNothing).text}${value}: ${subject}`);
}
