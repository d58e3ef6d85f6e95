import { area } from 'd3-shape';
import { html } from 'ghtml';
import { SIDES, type Side } from '../../domain/canary-scope.ts';
import { judgedValues, type Spread } from '../../reports/distribution-report.ts';
import { formatNumber } from '../../reports/format.ts';
import type { MetricReport } from '../../reports/metric-report.ts';
import { type DensityPoint, density } from './density.ts';
import { drawnLimits } from './limit-lines.ts';
import { PathText } from './path-text.ts';
import { gridLines, PLOT_HEIGHT, type ValueScale } from './plot-frame.ts';

const MIDDLES: Readonly<Record<Side, number>> = { control: 250, experiment: 750 };
const HALF_WIDTH = 210;
/** Fewer values are drawn individually: a curve would suggest what is not there. */
const FEW = 25;

/** The values of both sides, side by side on the line plot's scale: their density, and a box of quantiles. */
export function spreadPlot(metric: MetricReport, y: ValueScale, ticks: number): string {
  const { series, result, distribution } = metric;
  if (series === undefined) return '';
  const [bottom = 0, top = 1] = y.domain();
  const sides = SIDES.flatMap((side) => {
    const values = judgedValues(series[side], result?.evidence?.outlierFences?.[side]);
    const spread = distribution?.[side];
    return spread === undefined ? [] : [{ side, values, spread }];
  });
  const shapes = sides.map(({ values }) => (values.length < FEW ? [] : density(values, [bottom, top])));
  const peak = Math.max(0, ...shapes.flat().map((point) => point.density));
  const drawn = sides.map(({ side, values, spread }, index) => {
    const shape = shapes[index] ?? [];
    const cloud = shape.length === 0 ? strip(side, values, y) : violin(side, shape, { y, peak });
    return `${cloud}${box(side, spread, y)}`;
  });
  const words = sides.map(({ side, spread }) => inWords(side, spread)).join('; ');
  return html`<svg class="plot spread" viewBox="0 0 1000 ${PLOT_HEIGHT}" preserveAspectRatio="none" role="img" aria-label="Distribution of ${metric.name}. ${words || 'No data'}.">!${gridLines(y, ticks, 1000)}!${drawnLimits(metric, y, 1000, 0)}!${drawn.join('')}</svg>`;
}

function violin(side: Side, shape: readonly DensityPoint[], { y, peak }: { y: ValueScale; peak: number }): string {
  const text = new PathText();
  const half = (point: DensityPoint) => (point.density / peak) * HALF_WIDTH;
  const draw = area<DensityPoint>()
    .y((point) => y(point.value))
    .x0((point) => MIDDLES[side] - half(point))
    .x1((point) => MIDDLES[side] + half(point));
  draw.context(text as never)(shape as DensityPoint[]);
  return html`<path class="violin ${side}" d="${text.toString()}"/>`;
}

function strip(side: Side, values: readonly number[], y: ValueScale): string {
  const text = new PathText();
  for (const value of values) {
    text.moveTo(MIDDLES[side] + HALF_WIDTH / 2, y(value));
    text.closePath();
  }
  return html`<path class="strip ${side}" d="${text.toString()}"/>`;
}

/** A thin line from 5 % to 95 %, a thick one between the quartiles, a dot at the median. */
function box(side: Side, { p5, q1, median, q3, p95 }: Spread, y: ValueScale): string {
  const x = MIDDLES[side];
  const line = (from: number, to: number) => `M${x} ${Math.round(y(from))}V${Math.round(y(to))}`;
  return html`<path class="whisker ${side}" d="${line(p5, p95)}"/><path class="box ${side}" d="${line(q1, q3)}"/><path class="median" d="M${x} ${Math.round(y(median))}z"/>`;
}

function inWords(side: Side, { p5, q1, median, q3, p95 }: Spread): string {
  const name = side === 'control' ? 'Baseline' : 'Canary';
  const [low, quarter, half, threeQuarters, high] = [p5, q1, median, q3, p95].map(formatNumber);
  return `${name}: median ${half}, half of the values from ${quarter} to ${threeQuarters}, nine tenths from ${low} to ${high}`;
}
