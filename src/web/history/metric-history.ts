import { html } from 'ghtml';
import { type JudgedRun, metricHistory } from '../../reports/config-history.ts';
import { shortRange } from '../../reports/effect-words.ts';
import { count, formatChange, formatTime } from '../../reports/format.ts';
import { labelledName } from '../../reports/labelled-name.ts';
import type { MetricReport } from '../../reports/metric-report.ts';
import { changeOfValues } from '../../reports/value-words.ts';
import { effectHistory, historyInWords, historyReach, toneOfPoint } from '../charts/effect-history.ts';
import { scoreStrip } from '../charts/score-strip.ts';

/** One metric over the runs of its config up to this one; empty when there is only this one. @param runs oldest first */
export function metricOverRuns(metric: MetricReport, runs: readonly JudgedRun[], own: string): string {
  if (runs.length < 2) return '';
  const history = metricHistory(labelledName(metric), runs);
  const unit = metric.averages?.are === 'rates' ? undefined : metric.averages?.unit;
  const rows = runs.map((run, place) => row(run, history.points[place], { unit, isOwn: run.id === own })).toReversed();
  return html`<section class="metric-history" aria-labelledby="over-runs"><h2 id="over-runs">Over the last ${count(runs.length, 'run')} of this config</h2>
<p class="faint">It ${historyInWords(history)}. Above, the score of each run; below, the change of this metric with its interval.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Scores, and changes of this metric">!${scoreStrip(runs, own)}!${effectHistory(history, historyReach([history]))}</div>
<details class="evidence"><summary>The same as a table</summary><div class="scroll" tabindex="0" role="region" aria-label="This metric in each run"><table class="history"><thead><tr><th scope="col">Run</th><th scope="col" class="number">Baseline → canary</th><th scope="col" class="number">Change</th><th scope="col">Interval</th><th scope="col">Found</th></tr></thead><tbody>!${rows.join('')}</tbody></table></div></details></section>`;
}

interface RowOptions {
  readonly unit: string | undefined;
  readonly isOwn: boolean;
}

function row(
  run: JudgedRun,
  point: JudgedRun['metrics'] extends ReadonlyMap<string, infer P> ? P | undefined : never,
  { unit, isOwn }: RowOptions,
): string {
  const when = formatTime(Math.floor(run.acceptedMillis / 1000) * 1000);
  const link = isOwn ? html`${when} (this run)` : html`<a href="/reports/${encodeURIComponent(run.id)}">${when}</a>`;
  if (point === undefined)
    return html`<tr><th scope="row">!${link}</th><td colspan="4" class="faint">not in this run</td></tr>`;
  const { effect, control, experiment, classification, outcome } = point;
  const values =
    control === undefined && experiment === undefined ? 'no data' : changeOfValues({ control, experiment }, unit);
  return html`<tr><th scope="row">!${link}</th><td class="number">${values}</td><td class="number">${effect === undefined ? '' : formatChange(effect.change)}</td><td>${effect === undefined ? '' : shortRange(effect)}</td><td class="found ${toneOfPoint(point)}">${outcome ?? classification}</td></tr>`;
}
