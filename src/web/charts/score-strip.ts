import { html } from 'ghtml';
import type { Run } from '../../domain/run.ts';
import { formatNumber, formatTime } from '../../reports/format.ts';
import { verdictOf } from '../../reports/verdict.ts';

/** A judged run of the strip. */
export interface ScoredRun {
  readonly id: string;
  readonly score?: number | undefined;
  readonly verdict?: string | undefined;
  readonly status: Run['status'];
  readonly overNothing?: boolean | undefined;
  readonly acceptedMillis: number;
}

const [BAR, HEIGHT, LEAST] = [10, 40, 2];
/** From one run to the next; what is drawn below a strip has the same places. */
export const RUN_STEP = 14;

/** The scores of runs in order, each leading to its report. @param own the id of the run whose page this is */
export function scoreStrip(runs: readonly ScoredRun[], own?: string): string {
  const bars = runs.map((run, place) => {
    const words = inWords(run);
    return run.id === own
      ? html`<g class="own" role="img" aria-label="This run: ${words}">!${bar(run, place)}</g>`
      : html`<a href="/reports/${encodeURIComponent(run.id)}" aria-label="${words}">!${bar(run, place)}</a>`;
  });
  const width = Math.max(1, runs.length) * RUN_STEP;
  return html`<svg class="score-strip" viewBox="0 0 ${width} ${HEIGHT}" width="${width}" height="${HEIGHT}" role="group" aria-label="Scores of runs, oldest first">!${bars.join('')}</svg>`;
}

/** "77.5 Marginal, 2026-01-01 12:00 UTC" */
function inWords({ score = 0, verdict, status, overNothing, acceptedMillis }: ScoredRun): string {
  return `${formatNumber(score)} ${verdictOf(verdict, status, overNothing).text}, ${formatTime(Math.floor(acceptedMillis / 1000) * 1000)}`;
}

function bar(run: ScoredRun, place: number): string {
  const height = Math.max(LEAST, (Math.min(100, Math.max(0, run.score ?? 0)) / 100) * HEIGHT);
  const { tone } = verdictOf(run.verdict, run.status, run.overNothing);
  return html`<title>${inWords(run)}</title><rect class="room" x="${place * RUN_STEP}" width="${BAR}" height="${HEIGHT}"/><rect class="${tone}" x="${place * RUN_STEP}" y="${(HEIGHT - height).toFixed(1)}" width="${BAR}" height="${height.toFixed(1)}"/>`;
}
