import { html } from 'ghtml';
import type { CanaryConfig, CanaryMetricConfig } from '../../domain/canary-config.ts';
import { count, formatNumber } from '../../reports/format.ts';
import { smallBar } from '../charts/score-bar.ts';

/** The groups of a config with their weights, the heaviest first. */
export function groupWeights({ metrics = [], classifier }: CanaryConfig): string {
  const weights = Object.entries(classifier?.groupWeights ?? {}).map(([name, weight]) => [name, weight ?? 0] as const);
  const used = [...new Set(metrics.flatMap(({ groups = [] }) => groups))];
  const others = used.filter((name) => !weights.some(([weighted]) => weighted === name));
  const left = 100 - weights.reduce((sum, [, weight]) => sum + weight, 0);
  const all = [...weights, ...others.map((name) => [name, Math.max(0, left) / others.length] as const)];
  if (all.length === 0) return '<p class="empty">No metric is in a group yet.</p>';
  const rows = all
    .toSorted(([, one], [, other]) => other - one)
    .map(([name, weight]) => {
      const members = metrics.filter(({ groups = [] }) => groups.includes(name)).length;
      return html`<tr><th scope="row"><bdi>${name}</bdi></th><td class="number">${formatNumber(weight)} %</td><td class="bar">!${smallBar(weight)}</td><td class="faint">${count(members, 'metric')}</td></tr>`;
    });
  return html`<table class="weights" aria-label="Groups and their weights"><tbody>!${rows.join('')}</tbody></table>`;
}

/** Every metric, each with all of its settings. */
export function metricCards({ metrics = [] }: CanaryConfig): string {
  if (metrics.length === 0) return '<p class="empty">There is no metric yet.</p>';
  return html`<ol class="metric-cards">!${metrics.map(metricCard).join('\n')}</ol>`;
}

function metricCard({ name = '', query, groups = [], scopeName, analysisConfigurations }: CanaryMetricConfig): string {
  const { type, serviceType: _, ...fields } = query;
  const settings = fieldsOf(analysisConfigurations?.canary);
  const texts = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '');
  const rows = texts.map(
    ([field, value]) =>
      html`<div><dt>${field}</dt><dd><pre tabindex="0" aria-label="${field} of ${name}">${typeof value === 'string' ? value : JSON.stringify(value, undefined, 1)}</pre></dd></div>`,
  );
  const inGroups = groups.map((group) => html`<span class="tag"><bdi>${group}</bdi></span>`).join(' ');
  const scope = scopeName === undefined || scopeName === 'default' ? '' : html` · scope ${scopeName}`;
  return html`<li><div class="item-head"><h3><bdi>${name}</bdi></h3>!${inGroups}!${flags(settings)}</div>
<p class="faint"><bdi>${type}</bdi>!${scope} · ${meaning(settings)}</p><dl class="query-fields">!${rows.join('')}</dl></li>`;
}

function flags(settings: Readonly<Record<string, unknown>>): string {
  return ['critical', 'mustHaveData', 'muted']
    .filter((flag) => settings[flag] === true)
    .map((flag) => html`<span class="tag ${flag}">${flag === 'mustHaveData' ? 'must have data' : flag}</span>`)
    .join('');
}

/** "an increase is bad, beyond 1.1; critical beyond 1.5; gaps count as 0" */
function meaning(settings: Readonly<Record<string, unknown>>): string {
  const { direction, nanStrategy, effectSize } = settings;
  const bad = direction === 'increase' || direction === 'decrease' ? `${direction} is bad` : 'any change is bad';
  const limits = Object.entries(fieldsOf(effectSize)).map(
    ([name, limit]) => `${LIMITS[name] ?? name} ${String(limit)}`,
  );
  return [bad, ...limits, ...(nanStrategy === 'replace' ? ['gaps count as 0'] : [])].join(', ');
}

const LIMITS: Readonly<Record<string, string>> = {
  allowedIncrease: 'allowed up to ×',
  allowedDecrease: 'allowed down to ×',
  criticalIncrease: 'critical above ×',
  criticalDecrease: 'critical below ×',
  measure: 'measured by',
};

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
