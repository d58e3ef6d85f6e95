import { formatChange, formatNumber } from './format.ts';
import { labelledName } from './labelled-name.ts';
import type { MetricReport } from './metric-report.ts';
import { changeOfValues } from './value-words.ts';

/** What the sentence needs of a metric. */
export type Cause = Pick<
  MetricReport,
  'name' | 'tags' | 'effect' | 'averages' | 'classification' | 'outcome' | 'result'
>;

/** "“latency” 182 → 237 ms (+30 %)": a metric that speaks against the canary, and how much. */
export function causeInWords(metric: Cause, shortened: (name: string) => string): string {
  const name = `“${shortened(labelledName(metric))}”`;
  const { classification, outcome } = metric;
  if (outcome === 'Inconclusive') return `${name} is inconclusive`;
  if (classification === 'Nodata' || classification === 'NodataFailMetric') return `${name} has no data`;
  if (classification === 'Error') return `${name} could not be compared`;
  return `${name} ${sizeOf(metric) ?? `is too ${classification === 'Low' ? 'low' : 'high'}`}`;
}

function sizeOf(metric: Cause): string | undefined {
  const { averages } = metric;
  const change = changeOf(metric);
  if (averages?.control === undefined || averages.experiment === undefined) return change;
  const values = changeOfValues(averages, averages.unit);
  return change === undefined ? values : `${values} (${change})`;
}

/** That of the part which decided; beside averages that of the averages, since the reader will divide them. */
function changeOf({ effect, averages, result, classification }: Cause): string | undefined {
  const { decidedBy, decidingWindow, scatterRatio, effect: held } = result?.evidence ?? {};
  if (decidedBy === 'spikes') return 'spikes';
  if (decidedBy?.startsWith('scatter') && scatterRatio !== undefined)
    return `scatters ${formatNumber(Number(scatterRatio.toPrecision(2)))} times as much`;
  if (decidingWindow !== undefined && held !== undefined && Number.isFinite(held.value))
    return `${formatChange(held.value - 1)} in the last ${decidingWindow.points} points`;
  if (effect === undefined) return undefined;
  const beside = averages?.are === 'rates' ? ratioOf(averages) : effect.ofMeans;
  const isAgainst = beside !== undefined && beside < 0 === (classification === 'High') && beside !== 0;
  if (beside === undefined || averages === undefined) return formatChange(effect.change);
  return isAgainst ? `most points ${formatChange(effect.change)}` : formatChange(beside);
}

function ratioOf({ control = 0, experiment = 0 }: NonNullable<Cause['averages']>): number | undefined {
  return control > 0 ? experiment / control - 1 : undefined;
}
