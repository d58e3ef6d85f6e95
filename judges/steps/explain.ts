import type { Evidence } from '../../src/domain/canary-judge-result.ts';
import { estimatedChange } from '../../src/domain/estimated-change.ts';
import { criticalConsequence, explainEffect } from './explain-effect.ts';
import type { Finding } from './finding.ts';
import { endsInWords, formatPercent } from './format-number.ts';
import type { Clause } from './rules.ts';
import { changeOfMeans, shownChange } from './shown-change.ts';
import { valuesInUnit } from './values-in-unit.ts';

/**
 * The verdict on a metric in one or two sentences for people.
 *
 * @example "Canary p95 latency is 18 % higher than baseline (98 % interval 12 % to 25 %), above the allowed 10 %."
 */
export function explain(finding: Finding): string {
  const sentence = [explainClause(finding), ...zeros(finding), ...infinities(finding)].join(' ');
  return finding.settings.muted ? `${sentence} The metric is muted and does not count.` : sentence;
}

function explainClause(finding: Finding): string {
  const { name, clause, samples, unpaired } = finding;
  if (unpaired !== undefined) return explainUnpaired(finding, unpaired);
  switch (clause) {
    case 'noData':
      return `${missingData(finding)}, so it was not compared.`;
    case 'noDataAllowed':
      return `${missingData(finding)}; it passes because its nanStrategy is replace.`;
    case 'requiredDataMissing':
      return `${missingData(finding)}, but it must have data, so it counts as a failure.`;
    case 'criticalDataMissing':
      return `${missingData(finding)}.${criticalConsequence(finding)}`;
    case 'identical':
      return `Canary and baseline have the same values of ${name}.`;
    case 'oneValue':
      return `${name} is ${valuesInUnit([samples.control.stats.mean], finding.unit)[0]} throughout, in canary and baseline.`;
    case 'untestable':
      return `${name} could not be compared: ${finding.untestable}. It does not count in the score.`;
    case 'requiredUntestable':
      return `${name} could not be compared: ${finding.untestable}. It must have data, so it counts as a failure.`;
    case 'criticalUntestable':
      return `${name} could not be compared: ${finding.untestable}.${criticalConsequence(finding)}`;
    default:
      return `${difference(finding)}${explainEffect(finding)}`;
  }
}

/** Whatever became of it, this is what went wrong. */
function explainUnpaired(finding: Finding, unpaired: string): string {
  const { clause, name, settings } = finding;
  const said = `${name}: ${unpaired}`;
  if (clause === 'criticalDataMissing') return `${said}${criticalConsequence(finding)}`;
  if (clause === 'requiredDataMissing') return `${said} It must have data, so it counts as a failure.`;
  if (clause === 'noData' || clause === 'unpaired') return `${said} It was not compared.`;
  const counted = settings.nanStrategy === 'replace' ? ', whose missing values count as 0' : '';
  return `${said} So it was compared with no data${counted}.${clause.startsWith('critical') ? criticalConsequence(finding) : ''}`;
}

/** What is compared with a side that has no data at all. */
function zeros({ clause, samples, unpaired }: Finding): string[] {
  const empty = [samples.control.present === 0, samples.experiment.present === 0];
  if (unpaired !== undefined || clause in NOT_COMPARED || empty[0] === empty[1]) return [];
  return [`${empty[0] ? 'Baseline' : 'Canary'} has no data; its missing values count as 0.`];
}

const NOT_COMPARED: Partial<Record<Clause, true>> = {
  noData: true,
  noDataAllowed: true,
  requiredDataMissing: true,
  criticalDataMissing: true,
};

/** "Canary has 2 infinite values, taken as missing." */
function infinities({ samples, likeKayenta }: Finding): string[] {
  const sides = [['Baseline', samples.control.infinite] as const, ['Canary', samples.experiment.infinite] as const];
  return sides.flatMap(([side, infinite]) => {
    if (infinite === 0) return [];
    const treated = likeKayenta ? 'compared as such' : 'taken as missing';
    return [`${side} has ${infinite} infinite ${infinite === 1 ? 'value' : 'values'}, ${treated}.`];
  });
}

function missingData({ name, samples: { control, experiment } }: Finding): string {
  const [noControl, noExperiment] = [control, experiment].map(
    ({ present, stats }) => present === 0 || stats.count === 0,
  );
  const sides =
    noControl && noExperiment ? 'Neither canary nor baseline has' : `${noControl ? 'Baseline' : 'Canary'} has no`;
  const given = (noControl ? control.given : 0) + (noExperiment ? experiment.given : 0);
  const infinities = (noControl ? control.infinite : 0) + (noExperiment ? experiment.infinite : 0);
  const only = infinities === 0 ? 'missing' : infinities === given ? 'infinite' : 'infinite and missing';
  const emptied = given > 0 ? `, only ${only} values` : '';
  return `${sides} data for ${name}${emptied}`;
}

/** "Canary latency is 18 % higher than baseline (98 % interval 12 % to 25 %, means 20 % higher)" */
function difference(finding: Finding): string {
  const { name, samples } = finding;
  const control = samples.control.stats.mean;
  const experiment = samples.experiment.stats.mean;
  const change = shownChange(finding);
  if (change === undefined) {
    const means = valuesInUnit([experiment, control], finding.unit).join(' against ');
    const details = detailsOf([shift(finding), probability(finding)]);
    return control === experiment
      ? `Canary ${name} equals baseline on average${details}`
      : `Canary ${name} averages ${means} in baseline${details}`;
  }
  const details = detailsOf([interval(finding), probability(finding), otherMeans(finding)]);
  return `Canary ${name} is ${changeInWords(change)} baseline${details}`;
}

function detailsOf(parts: readonly (string | undefined)[]): string {
  const told = parts.filter((part) => part !== undefined);
  return told.length === 0 ? '' : ` (${told.join(', ')})`;
}

function changeInWords(change: number): string {
  const size = formatPercent(Math.abs(change));
  return size === '0 %' ? 'as high as' : `${size} ${change > 0 ? 'higher' : 'lower'} than`;
}

/** The change from mean to mean, where it is not the one that the interval is of. */
function otherMeans(finding: Finding): string | undefined {
  const [shown, means] = [shownChange(finding), changeOfMeans(finding)];
  if (shown === undefined || means === undefined || changeInWords(shown) === changeInWords(means)) return undefined;
  return `means ${changeInWords(means)
    .replace(/ than$/, '')
    .replace('as high as', 'alike')}`;
}

/** In percent of baseline. */
function interval({ evidence, samples }: Finding): string | undefined {
  const {
    lower = -Infinity,
    upper = Infinity,
    confidence,
  } = estimatedChange(evidence, samples.control.stats.mean) ?? {};
  return confidence === undefined ? undefined : range({ lower, upper, confidence }, formatPercent);
}

/** Of the difference in the metric's unit, where there is no ratio. */
function shift({ evidence: { estimate, interval: found }, unit }: Finding): string | undefined {
  const inUnit = (value: number) => valuesInUnit([value], unit)[0] ?? '';
  const text = found && range(found, inUnit, ' of the difference');
  if (text === undefined || estimate === undefined) return text;
  return `difference ${inUnit(estimate)}, ${text}`;
}

/** A one-sided interval is a bound. */
function range(
  { lower, upper, confidence }: NonNullable<Evidence['interval']>,
  format: (value: number) => string,
  of = '',
): string | undefined {
  const [hasLower, hasUpper] = [Number.isFinite(lower), Number.isFinite(upper)];
  if (!hasLower && !hasUpper) return undefined;
  if (!hasUpper) return `${formatPercent(confidence)} bound${of} at least ${format(lower)}`;
  if (!hasLower) return `${formatPercent(confidence)} bound${of} at most ${format(upper)}`;
  return `${formatPercent(confidence)} interval${of} ${endsInWords(format(lower), format(upper))}`;
}

function probability({ evidence: { pValue } }: Finding): string | undefined {
  if (pValue === undefined || Number.isNaN(pValue)) return undefined;
  return pValue < 0.0001 ? 'p < 0.0001' : `p = ${Number(pValue.toPrecision(2))}`;
}
