import { html } from 'ghtml';
import { count } from '../../reports/format.ts';
import type { RunReport } from '../../reports/run-report.ts';
import { scoreStrip } from '../charts/score-strip.ts';
import type { ReportContext } from './report-context.ts';

/** The scores of the runs of the same config before this one, each leading to its report, and this one's. */
export function earlierRuns(report: RunReport, { earlier, config }: ReportContext): string {
  if (earlier.length === 0) return '';
  const { score, coverage } = report;
  const own = score === undefined ? [] : [{ ...report, overNothing: coverage?.overNothing }];
  const before = earlier.map((run) => ({ ...run, acceptedMillis: run.buildTime }));
  const passed = earlier.filter((run) => run.verdict === 'Pass').length;
  const all =
    config === undefined ? '' : html` <a href="/?config=${encodeURIComponent(config.id)}">All of its runs</a>`;
  return html`<section class="earlier" aria-labelledby="earlier"><h2 id="earlier">Scores of this config</h2>
!${scoreStrip([...before, ...own], report.id)}
<p class="faint">${passed} of ${count(earlier.length, 'run')} before passed. <a href="/reports/${encodeURIComponent(report.id)}/history">Each metric over them</a>!${all}</p></section>`;
}
