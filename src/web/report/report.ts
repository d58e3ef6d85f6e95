import type { AnalysisReport } from '../../reports/analysis-report.ts';
import { formatNumber } from '../../reports/format.ts';
import type { RunReport } from '../../reports/run-report.ts';
import { visibleText } from '../../reports/visible-text.ts';
import { type Asset, assetNamed } from '../assets.ts';
import { verdictOf } from '../verdict-badge.ts';
import { analysisMain } from './analysis-page.ts';
import { runMain } from './run-page.ts';

/** What a report may be of. */
export type Report = RunReport | AnalysisReport;

/** What reports need besides the style of every page. */
export const REPORT_STYLES: readonly Asset[] = [assetNamed('report.css'), assetNamed('charts.css')];
export const REPORT_SCRIPTS: readonly Asset[] = [assetNamed('chart.js'), assetNamed('report.js')];

/** "Marginal 77.5, shop" */
export function titleOf({ verdict, status, score, application }: Report): string {
  const value = verdict === undefined || score === undefined ? '' : ` ${formatNumber(score)}`;
  return visibleText(`${verdictOf(verdict, status).text}${value}, ${application}`);
}

/** Its HTML, without what is around every page. */
export function mainOf(report: Report, medium: 'page' | 'file'): string {
  return visibleText(report.kind === 'run' ? runMain(report, medium) : analysisMain(report, medium));
}
