import { html } from 'ghtml';
import type { RunOutcome } from '../../domain/run-outcome.ts';
import { type ConfigTrend, TREND_RUNS } from '../../reports/config-trends.ts';
import { count, formatDuration, formatNumber, formatTime } from '../../reports/format.ts';
import { verdictOf } from '../../reports/verdict.ts';
import { runsAddress } from './run-filters.ts';

export interface Trends {
  /** the one that ran last first */
  readonly trends: readonly ConfigTrend[];
  /** of how many of the newest runs */
  readonly among: number;
  /** names by id; a config that is not among them is ad-hoc, deleted or of others */
  readonly names: ReadonlyMap<string, string>;
}

const MOST_CONFIGS = 8;
/** One run tells no trend. */
const LEAST_RUNS = 2;

/** For each config its pass rate and how long its runs take, drawn over its last runs; nothing where there are few. */
export function trendList({ trends, among, names }: Trends): string {
  const told = trends.filter(({ runs }) => runs.length >= LEAST_RUNS);
  if (told.length === 0) return '';
  const cells = told.slice(0, MOST_CONFIGS).map((trend) => cell(trend, names.get(trend.configId)));
  const others = told.length - cells.length;
  const more =
    others > 0
      ? html`<p class="faint">And ${count(others, 'config')} more among the newest ${among} runs; <a href="/configs">all configs</a>.</p>`
      : '';
  return html`<section class="trends" aria-labelledby="trends-title"><h2 id="trends-title" class="unseen">Trends by config</h2><ul>!${cells.join('')}</ul>!${more}</section>`;
}

function cell({ configId, runs, judged, passed, medianMillis }: ConfigTrend, name: string | undefined): string {
  const all = runsAddress({ config: configId });
  const address = name === undefined ? all : `/configs/${encodeURIComponent(configId)}`;
  const unjudged = runs.length - judged;
  const rate = judged === 0 ? 'none judged' : `${Math.floor((passed / judged) * 100)} % passed`;
  const of = `${passed} of ${judged}${unjudged === 0 ? '' : `, ${unjudged} without a verdict`}`;
  const median =
    medianMillis === undefined
      ? ''
      : html`<span class="trend-words"><b>${formatDuration(medianMillis)}</b> <span class="faint">median</span></span>`;
  return html`<li><a class="trend-name" href="${address}"><bdi>${shownName(configId, name)}</bdi></a>!${scores(runs)}<span class="trend-words"><b>${rate}</b> <a href="${all}" aria-label="${of}: the runs of ${shownName(configId, name)}">${of}</a></span>!${durations(runs)}!${median}</li>`;
}

function shownName(configId: string, name: string | undefined): string {
  if (name !== undefined && name !== '') return name;
  return configId === 'ad-hoc' ? 'Configs of requests (ad-hoc)' : configId;
}

const [BAR, STEP, HEIGHT, LEAST] = [5, 7, 20, 2];
const WIDTH = TREND_RUNS * STEP;

/** A bar for each run, as high as its score and in the colour of its verdict; the newest is the last. */
function scores(runs: readonly RunOutcome[]): string {
  const bars = runs.map((run, place) => {
    const { tone, text } = verdictOf(run.verdict, run.status, run.overNothing);
    const height = Math.max(LEAST, (Math.min(100, Math.max(0, run.score ?? 0)) / 100) * HEIGHT);
    const told = run.score === undefined ? text : `${formatNumber(run.score)} ${text}`;
    return html`<g><title>${told}, ${formatTime(toSecond(run.buildTime))}</title><rect class="room" x="${place * STEP}" width="${BAR}" height="${HEIGHT}"/><rect class="${tone}" x="${place * STEP}" y="${(HEIGHT - height).toFixed(1)}" width="${BAR}" height="${height.toFixed(1)}"/></g>`;
  });
  const words = `Scores of the last ${count(runs.length, 'run')}, oldest first: ${runs.map((run) => verdictOf(run.verdict, run.status, run.overNothing).text).join(', ')}`;
  return html`<svg class="trend" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${words}">!${bars.join('')}</svg>`;
}

/** How long each run took, from nothing at the bottom to the longest at the top. */
function durations(runs: readonly RunOutcome[]): string {
  const drawn = runs.flatMap(({ durationMillis, buildTime }, place) =>
    durationMillis === undefined ? [] : [{ durationMillis, buildTime, place }],
  );
  const longest = Math.max(1, ...drawn.map(({ durationMillis }) => durationMillis));
  const points = drawn.map(
    ({ durationMillis, place }) =>
      [place * STEP + BAR / 2, HEIGHT - 2 - (durationMillis / longest) * (HEIGHT - 4)] as const,
  );
  if (points.length === 0) return '';
  const [x, y] = points.at(-1) ?? [0, 0];
  const path = `M${points.map(([one, other]) => `${one} ${other.toFixed(1)}`).join('L')}`;
  return html`<svg class="trend" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="How long they took: ${formatDuration(longest)} at most"><path class="took" d="${path}"/><circle class="took" cx="${x}" cy="${y.toFixed(1)}" r="2"/></svg>`;
}

function toSecond(millis: number): number {
  return Math.floor(millis / 1000) * 1000;
}
