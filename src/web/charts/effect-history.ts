import { scaleSymlog } from 'd3-scale';
import { html } from 'ghtml';
import type { MetricHistory, MetricPoint } from '../../reports/config-history.ts';
import { hasFailed } from '../../reports/config-history.ts';
import { count, formatChange } from '../../reports/format.ts';
import type { Tone } from '../../reports/verdict.ts';
import { forestReach } from './forest-plot.ts';
import { RUN_STEP } from './score-strip.ts';

const [HEIGHT, EDGE, MIDDLE_OF_BAR] = [48, 6, 5];
/** Linear below, logarithmic above: as the forest plot of a report. */
const LINEAR_TO = 0.03;

/** The range that all metrics of a history share: 0.5 is 50 %. */
export function historyReach(metrics: readonly MetricHistory[]): number {
  return forestReach(metrics.flatMap(({ points }) => points.flatMap((point) => point?.effect ?? [])));
}

/** The change of one metric with its interval over the runs of its config, coloured by what became of it. */
export function effectHistory(metric: MetricHistory, reach: number): string {
  const y = scaleSymlog([-reach, reach], [HEIGHT - EDGE, EDGE])
    .constant(LINEAR_TO)
    .clamp(true);
  const width = Math.max(1, metric.points.length) * RUN_STEP;
  const dots = new Map<Tone, string>();
  let [stems, gaps] = ['', ''];
  for (const [place, point] of metric.points.entries()) {
    if (point === undefined) continue;
    const x = place * RUN_STEP + MIDDLE_OF_BAR;
    const { effect } = point;
    if (effect === undefined) {
      gaps += `M${x - 3} ${round(y(0))}h6`;
      continue;
    }
    const { lower = -Infinity, upper = Infinity, change } = effect;
    if (effect.lower !== undefined || effect.upper !== undefined)
      stems += `M${x} ${round(y(lower))}V${round(y(upper))}`;
    const tone = toneOfPoint(point);
    dots.set(tone, `${dots.get(tone) ?? ''}M${x} ${round(y(change))}h0`);
  }
  const drawn = [...dots].map(([tone, d]) => html`<path class="dots ${tone}" d="${d}"/>`);
  return html`<svg class="over-runs" viewBox="0 0 ${width} ${HEIGHT}" width="${width}" height="${HEIGHT}" role="img" aria-label="${historyInWords(metric)}"><path class="zero" d="M0 ${round(y(0))}H${width}"/><path class="stems" d="${stems}"/><path class="gaps" d="${gaps}"/>!${drawn.join('')}</svg>`;
}

/** "failed in 2 of 20 runs, the last change +23 %" */
export function historyInWords({ points, failures }: MetricHistory): string {
  const known = points.filter((point) => point !== undefined);
  const last = known.at(-1)?.effect;
  const change = last === undefined ? '' : `, the last change ${formatChange(last.change)}`;
  return `failed in ${failures} of ${count(known.length, 'run')}${change}`;
}

/** The colour of what a run found of a metric. */
export function toneOfPoint(point: Pick<MetricPoint, 'classification' | 'muted' | 'outcome'>): Tone {
  if (point.muted) return 'nodata';
  if (hasFailed(point)) return 'fail';
  if (point.outcome !== undefined && point.classification !== 'Pass') return 'marginal';
  if (point.classification === 'Error') return 'marginal';
  return point.classification === 'Pass' ? 'pass' : 'nodata';
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
