import { html } from 'ghtml';
import type { RunLine } from '../../domain/run.ts';
import { count, formatNumber, formatTime } from '../../reports/format.ts';
import type { RunReport } from '../../reports/run-report.ts';
import { verdictOf } from '../../reports/verdict.ts';
import type { ReportContext } from './report-context.ts';

const [BAR, STEP, HEIGHT, LEAST] = [10, 14, 40, 2];

/** The scores of the runs of the same config before this one, each leading to its report, and this one's. */
export function earlierRuns(report: RunReport, { earlier, config }: ReportContext): string {
  if (earlier.length === 0) return '';
  const { id, score, verdict, status, coverage, acceptedMillis } = report;
  const own = { id, score, verdict, status, overNothing: coverage?.overNothing, buildTime: acceptedMillis };
  const bars = earlier.map(
    (run, place) =>
      html`<a href="/reports/${encodeURIComponent(run.id)}" aria-label="${inWords(run)}">!${bar(run, place)}</a>`,
  );
  const passed = earlier.filter((run) => run.verdict === 'Pass').length;
  const width = (earlier.length + 1) * STEP;
  const all =
    config === undefined ? '' : html` <a href="/?config=${encodeURIComponent(config.id)}">All of its runs</a>`;
  return html`<section class="earlier" aria-labelledby="earlier"><h2 id="earlier">Scores of this config</h2>
<svg viewBox="0 0 ${width} ${HEIGHT}" width="${width}" height="${HEIGHT}" role="group" aria-label="Scores of earlier runs">!${bars.join('')}!${score === undefined ? '' : html`<g class="own" role="img" aria-label="This run: ${inWords(own)}">!${bar(own, earlier.length)}</g>`}</svg>
<p class="faint">${passed} of ${count(earlier.length, 'run')} before passed.!${all}</p></section>`;
}

type Judged = Pick<RunLine, 'id' | 'score' | 'verdict' | 'status' | 'overNothing' | 'buildTime'>;

/** "77.5 Marginal, 2026-01-01 12:00 UTC" */
function inWords({ score = 0, verdict, status, overNothing, buildTime }: Judged): string {
  return `${formatNumber(score)} ${verdictOf(verdict, status, overNothing).text}, ${formatTime(Math.floor(buildTime / 1000) * 1000)}`;
}

function bar(run: Judged, place: number): string {
  const height = Math.max(LEAST, (Math.min(100, Math.max(0, run.score ?? 0)) / 100) * HEIGHT);
  const { tone } = verdictOf(run.verdict, run.status, run.overNothing);
  return html`<title>${inWords(run)}</title><rect class="room" x="${place * STEP}" width="${BAR}" height="${HEIGHT}"/><rect class="${tone}" x="${place * STEP}" y="${(HEIGHT - height).toFixed(1)}" width="${BAR}" height="${height.toFixed(1)}"/>`;
}
