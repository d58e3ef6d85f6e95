import { html } from 'ghtml';
import { SIDES, type Side } from '../../domain/canary-scope.ts';
import type { MetricReport } from '../../reports/metric-report.ts';
import type { SeriesReport } from '../../reports/series-report.ts';
import { rangeOfValues, valueInWords } from '../../reports/value-words.ts';
import { drawnMetric } from './drawn-metric.ts';
import { drawnLimits, limitsInWords } from './limit-lines.ts';
import { extent, gridLines, PLOT_HEIGHT, slotsOf, type ValueScale, valueScale, viewBox } from './plot-frame.ts';
import { dotsPath, seriesPath } from './series-path.ts';

const SPARK_COLUMNS = 120;
/** In units: a third of a pixel each, so that there are few digits. */
const SPARK_HEIGHT = 100;

/** Both sides in a few pixels, for a list. */
export function sparkline(judged: MetricReport): string {
  const metric = drawnMetric(judged);
  const { series } = metric;
  if (series === undefined) return '';
  const tall = valueScale(metric, 2);
  const y = (value: number) => (tall(value) / PLOT_HEIGHT) * SPARK_HEIGHT;
  return html`<svg class="plot spark!${density(series)}" viewBox="${viewBox(slotsOf(series), SPARK_HEIGHT)}" preserveAspectRatio="none" role="img" aria-label="${ranges(metric)}">!${arms(metric, y, SPARK_COLUMNS)}</svg>`;
}

/** The values at the foot and at the top of the small chart. */
export function drawnRange(judged: MetricReport): [least: number, greatest: number] {
  const [least = 0, greatest = 0] = valueScale(drawnMetric(judged), 2).domain();
  return [least, greatest];
}

interface LineOptions {
  readonly ticks: number;
  readonly columns: number;
  /** drawn behind the lines */
  readonly behind?: string;
}

/** Both sides over time; removed outliers are circled, at the edge when far out. */
export function linePlot(metric: MetricReport, y: ValueScale, { ticks, columns, behind = '' }: LineOptions) {
  const { series, name } = metric;
  if (series === undefined) return '';
  const slots = slotsOf(series);
  const words = `${name} over ${slots} points. ${averages(metric)}${limitsInWords(metric)}`;
  return html`<svg class="plot lines!${density(series)}" viewBox="${viewBox(slots)}" preserveAspectRatio="none" role="img" aria-label="${words}">!${behind}!${gridLines(y, ticks, slots, -0.5)}!${drawnLimits(metric, y, slots)}!${arms(metric, y, columns)}!${outliers(metric, y)}</svg>`;
}

/** Thick lines through many points would blur together. */
function density(series: SeriesReport): string {
  return slotsOf(series) > MANY_SLOTS ? ' dense' : '';
}

const MANY_SLOTS = 360;

function arms({ series }: MetricReport, y: (value: number) => number, columns: number): string {
  return SIDES.map(
    (side) => html`<path class="arm ${side}" d="${seriesPath(series?.[side] ?? [], y, columns)}"/>`,
  ).join('');
}

/** More would be a cloud; their number is shown beside the chart. */
const MOST_OUTLIERS = 400;
/** The margin, as part of the drawing's height, that shows the whole mark of an outlier beyond it. */
const EDGE = 22;

function outliers({ series, result }: MetricReport, y: ValueScale): string {
  const inside = (value: number) => Math.min(PLOT_HEIGHT - EDGE, Math.max(EDGE, y(value)));
  return SIDES.map((side) => {
    const values = series?.[side] ?? [];
    const slots = outlierSlots(values, result?.evidence?.outlierFences?.[side]).slice(0, MOST_OUTLIERS);
    if (slots.length === 0) return '';
    const d = dotsPath(slots, values, inside);
    return html`<path class="outlier ${side}" d="${d}"/><path class="outlier hole" d="${d}"/>`;
  }).join('');
}

function outlierSlots(values: readonly number[], fences: { lower: number; upper: number } | undefined): number[] {
  if (fences === undefined) return [];
  return values.flatMap((value, slot) =>
    Number.isFinite(value) && (value < fences.lower || value > fences.upper) ? [slot] : [],
  );
}

/** "Baseline 95–110 ms, canary 104–141 ms": the averages stand above. */
function ranges({ series, averages: shown }: MetricReport): string {
  const told = SIDES.map((side) => {
    const [least, greatest] = extent(series?.[side] ?? []);
    return Number.isFinite(least) ? rangeOfValues(least, greatest, shown?.unit) : 'no data';
  });
  return `Baseline ${told[0]}, canary ${told[1]}`;
}

/** "Baseline averages 102.3, between 95 and 110; canary averages 120.1, between 104 and 141." */
function averages({ result, distribution, averages: shown }: MetricReport): string {
  const text = (value: number) => valueInWords(value, shown?.unit);
  const side = (name: string, side: Side) => {
    const stats = result?.[`${side}Metadata`].stats;
    if (stats !== undefined && stats.count > 0) {
      return `${name} averages ${text(stats.mean)}, between ${text(stats.min)} and ${text(stats.max)}`;
    }
    const median = distribution?.[side]?.median;
    return median === undefined ? `${name} has no data` : `${name} has a median of ${text(median)}`;
  };
  return `${side('Baseline', 'control')}; ${side('canary', 'experiment')}.`;
}
