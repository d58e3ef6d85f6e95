import { html } from 'ghtml';
import type { Evidence } from '../../domain/canary-judge-result.ts';
import type { EffectReport } from '../../reports/effect-report.ts';
import { rangeInWords } from '../../reports/effect-words.ts';
import { formatChange, formatNumber, formatPercent } from '../../reports/format.ts';
import { type MetricReport, wordOf } from '../../reports/metric-report.ts';
import { valueInWords } from '../../reports/value-words.ts';
import { isRate } from '../charts/drawn-metric.ts';

/** How the judge came to its classification: test, interval, limits, and the rule that decided. */
export function metricDecision(metric: MetricReport): string {
  const { result, effect } = metric;
  const evidence = result?.evidence;
  if (evidence === undefined) {
    const reason = result?.classificationReason;
    return reason === undefined || reason === ''
      ? ''
      : html`<section class="decided"><h4>What decided</h4><dl><dt>Reason</dt><dd><bdi>${reason}</bdi></dd></dl></section>`;
  }
  const facts = [
    ['In words', evidence.sentence],
    ['Rule', evidence.rule ?? evidence.clause],
    ['Test', evidence.test === 'none' ? 'none was needed' : evidence.test],
    ['p-value', evidence.pValue === undefined ? undefined : pValue(evidence.pValue)],
    ['Over all judgements', looksOf(evidence)],
    ['Among all metrics', adjusted(evidence)],
    ['Decided by', evidence.decidedBy],
    ['Points', pointsOf(evidence)],
    [
      'Harm not excluded',
      evidence.largestHarm === undefined ? undefined : `up to ${formatPercent(evidence.largestHarm)}`,
    ],
    ['Statistic', statistic(evidence)],
    ['Estimated difference', differenceOf(evidence, isRate(metric) ? undefined : metric.averages?.unit)],
    ['Estimated change', effect && estimateOf(effect)],
    ['Change of the means', effect?.ofMeans === undefined ? undefined : formatChange(effect.ofMeans)],
    ['Held against the limits', effectOf(evidence)],
    ['Allowed', limitsOf(evidence, 'allowed')],
    ['Critical beyond', result?.critical ? limitsOf(evidence, 'critical') : undefined],
    ['Counts', countsOf(evidence)],
    ['Tolerated difference', evidence.tolerance ? formatNumber(evidence.tolerance) : undefined],
  ].flatMap(([name, text]) => (text === undefined || text === '' ? [] : [{ name, text }]));
  const drawn = facts.map(({ name, text }) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`).join('');
  return html`<section class="decided"><h4>What decided: ${wordOf(metric)}</h4><dl>!${drawn}</dl></section>`;
}

/** The p-value that the error budget is held against. */
function adjusted({ adjustedPValue, errorBudget }: Evidence): string | undefined {
  if (adjustedPValue === undefined) return undefined;
  return `${pValue(adjustedPValue)}${errorBudget === undefined ? '' : `, of an error budget of ${formatNumber(errorBudget)}`}`;
}

/** Of one of several judgements of an analysis. */
function looksOf({ look }: Evidence): string | undefined {
  if (look === undefined) return undefined;
  return `${pValue(look.p)}, as judgement ${look.decidedAt}${look.of === undefined ? '' : ` of ${look.of}`} found it`;
}

function pointsOf({ points, effectivePoints }: Evidence): string | undefined {
  if (points === undefined || effectivePoints === undefined) return undefined;
  return `${points}, worth about ${Math.max(1, Math.round(effectivePoints))} independent ones`;
}

function pValue(value: number): string {
  if (Number.isNaN(value)) return 'none';
  return value < 0.0001 ? 'below 0.0001' : String(Number(value.toPrecision(2)));
}

function statistic({ statistic: value, degreesOfFreedom }: Evidence): string | undefined {
  if (value === undefined) return undefined;
  return `${formatNumber(value)}${degreesOfFreedom === undefined ? '' : `, ${formatNumber(degreesOfFreedom)} degrees of freedom`}`;
}

function differenceOf({ estimate, interval }: Evidence, unit: string | undefined): string | undefined {
  if (estimate === undefined) return undefined;
  const text = (value: number) => valueInWords(value, unit);
  if (interval === undefined) return text(estimate);
  const { lower, upper } = interval;
  const [level, isOpen] = [formatPercent(interval.confidence), [lower, upper].map((end) => !Number.isFinite(end))];
  if (isOpen[0] && isOpen[1]) return text(estimate);
  if (isOpen[1]) return `${text(estimate)} (${level} bound, at least ${text(lower)})`;
  if (isOpen[0]) return `${text(estimate)} (${level} bound, at most ${text(upper)})`;
  return `${text(estimate)} (${level} interval ${text(lower)} to ${text(upper)})`;
}

function effectOf({ effect }: Evidence): string | undefined {
  if (effect === undefined) return undefined;
  if (effect.measure === 'cles') return `${formatPercent(effect.value)} of pairs have the higher point in the canary`;
  return Number.isFinite(effect.value) ? formatChange(effect.value - 1) : undefined;
}

function limitsOf({ effect, direction }: Evidence, kind: 'allowed' | 'critical'): string | undefined {
  const [increase, decrease] = [effect?.[`${kind}Increase`], effect?.[`${kind}Decrease`]];
  const [noChange, toText] =
    effect?.measure === 'cles'
      ? ([0.5, formatPercent] as const)
      : ([1, (limit: number) => formatChange(limit - 1)] as const);
  const words = (to: 'down to' | 'up to', limit: number) =>
    limit === noChange ? `no ${to === 'up to' ? 'increase' : 'decrease'}` : `${to} ${toText(limit)}`;
  const limits = [
    ...(decrease === undefined || direction === 'increase' ? [] : [words('down to', decrease)]),
    ...(increase === undefined || direction === 'decrease' ? [] : [words('up to', increase)]),
  ];
  return limits.length === 0 ? undefined : limits.join(', ');
}

/** The estimate with the interval that is its own. */
function estimateOf(effect: EffectReport): string | undefined {
  const range = rangeInWords(effect);
  return range === '' ? undefined : `${formatChange(effect.change)} (${range})`;
}

function countsOf({ direction }: Evidence): string | undefined {
  if (direction === undefined) return undefined;
  if (direction === 'either') return 'any change';
  return direction === 'increase' ? 'only an increase' : 'only a decrease';
}
