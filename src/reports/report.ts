import type { AnalysisReport } from './analysis-report.ts';
import { formatNumber } from './format.ts';
import type { RunReport } from './run-report.ts';
import { verdictOf } from './verdict.ts';
import { visibleText } from './visible-text.ts';

/** What a report can be about. */
export type Report = RunReport | AnalysisReport;

/** "Marginal 77.5, shop" */
export function titleOf({ verdict, status, score, application, coverage }: Report): string {
  const value = verdict === undefined || score === undefined ? '' : ` ${formatNumber(score)}`;
  return visibleText(`${verdictOf(verdict, status, coverage?.overNothing).text}${value}, ${application}`);
}
