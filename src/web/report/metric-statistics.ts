import { html } from 'ghtml';
import type { SampleStatistics } from '../../domain/canary-judge-result.ts';
import { SIDES } from '../../domain/canary-scope.ts';
import { type Scale, scaleOf } from '../../domain/value-scale.ts';
import { formatChange, formatNumber } from '../../reports/format.ts';
import type { MetricReport } from '../../reports/metric-report.ts';
import { isRate } from '../charts/drawn-metric.ts';

interface Row {
  readonly name: string;
  readonly control: number | undefined;
  readonly experiment: number | undefined;
}

/** The judge's statistics of both sides. */
export function metricStatistics(metric: MetricReport): string {
  const rows = rowsOf(metric).filter(({ control, experiment }) => control !== undefined || experiment !== undefined);
  if (rows.length === 0) return '';
  const unit = isRate(metric) ? metric.unit : (metric.averages?.unit ?? metric.unit);
  const scale = scaleOf(Math.max(...meansOf(metric)), unit);
  const drawn = rows.map(
    ({ name, control, experiment }) =>
      html`<tr><th scope="row">${name}</th>!${cell(name, control, scale)}!${cell(name, experiment, scale)}<td class="number">${changeOf(name, control, experiment)}</td></tr>`,
  );
  const what = isRate(metric) ? ' of the events' : '';
  const of = scale.unit === '' ? '' : html` <span class="faint">in <bdi>${scale.unit}</bdi></span>`;
  return html`<section class="statistics"><h4>Statistics${what}!${of}</h4><table><thead><tr><td></td><th scope="col" class="number">Baseline</th><th scope="col" class="number">Canary</th><th scope="col" class="number">Change</th></tr></thead><tbody>!${drawn.join('')}</tbody></table></section>`;
}

function rowsOf({ result, distribution }: MetricReport): Row[] {
  const { sampleSizes } = result?.evidence ?? {};
  const [control, experiment] = SIDES.map((side) => result?.[`${side}Metadata`].stats);
  const [own, other] = SIDES.map((side) => distribution?.[side]);
  const row = (name: string, one: number | undefined, two: number | undefined): Row => ({
    name,
    control: one,
    experiment: two,
  });
  // A side without points has no statistics, whatever the wire says.
  const stat = (name: string, field: Exclude<keyof SampleStatistics, 'count'>) =>
    row(name, control?.count ? control[field] : undefined, experiment?.count ? experiment[field] : undefined);
  return [
    row('points given', sampleSizes?.control.given, sampleSizes?.experiment.given),
    row('points compared', control?.count, experiment?.count),
    stat('mean', 'mean'),
    row('median', own?.median, other?.median),
    stat('standard deviation', 'std'),
    stat('least', 'min'),
    stat('greatest', 'max'),
  ];
}

function meansOf({ result }: MetricReport): number[] {
  return SIDES.map((side) => Math.abs(result?.[`${side}Metadata`].stats.mean ?? 0)).filter(Number.isFinite);
}

function cell(name: string, value: number | undefined, { factor }: Scale): string {
  if (value === undefined) return '<td class="number">–</td>';
  const shown = isCount(name) ? value : value * factor;
  return html`<td class="number"><data value="${value}">${formatNumber(shown)}</data></td>`;
}

function isCount(name: string): boolean {
  return name.startsWith('points');
}

/** Not for counts, nor when a value is missing or the divisor is zero. */
function changeOf(name: string, control: number | undefined, experiment: number | undefined): string {
  if (isCount(name) || control === undefined || experiment === undefined) return '';
  return control > 0 && experiment >= 0 && Number.isFinite(experiment / control)
    ? formatChange(experiment / control - 1)
    : '';
}
