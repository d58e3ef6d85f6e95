import { html } from 'ghtml';
import type { CanaryConfig, CanaryMetricConfig } from '../../domain/canary-config.ts';
import type { SchemaField } from '../../domain/schema-fields.ts';
import { count, formatNumber } from '../../reports/format.ts';
import { smallBar } from '../charts/score-bar.ts';
import { type SettingFact, settingFacts } from './setting-fields.ts';

/** The groups of a config with their weights, heaviest first. */
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

/** Every metric with all its settings. @param settings those its judge knows */
export function metricCards({ metrics = [] }: CanaryConfig, settings: readonly SchemaField[]): string {
  if (metrics.length === 0) return '<p class="empty">There is no metric yet.</p>';
  return html`<ol class="metric-cards">!${metrics.map((metric) => metricCard(metric, settings)).join('\n')}</ol>`;
}

function metricCard(
  { name = '', query, groups = [], scopeName, analysisConfigurations }: CanaryMetricConfig,
  settings: readonly SchemaField[],
): string {
  const { type, serviceType: _, ...fields } = query ?? { type: 'no query', serviceType: '' };
  const facts = settingFacts(settings, analysisConfigurations?.canary);
  const texts = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '');
  const rows = texts.map(
    ([field, value]) =>
      html`<div><dt>${field}</dt><dd><pre tabindex="0" aria-label="${field} of ${name}">${typeof value === 'string' ? value : JSON.stringify(value, undefined, 1)}</pre></dd></div>`,
  );
  const inGroups = groups.map((group) => html`<span class="tag"><bdi>${group}</bdi></span>`).join(' ');
  const scope = scopeName === undefined || scopeName === 'default' ? '' : html` · scope ${scopeName}`;
  return html`<li><div class="item-head"><h3><bdi>${name}</bdi></h3>!${inGroups}!${flags(facts)}</div>
<p class="faint"><bdi>${type}</bdi>!${scope} · <bdi>${meaning(facts)}</bdi></p><dl class="query-fields">!${rows.join('')}</dl></li>`;
}

function flags(facts: readonly SettingFact[]): string {
  return facts
    .filter(({ text }) => text === undefined)
    .map(({ name, label }) => html`<span class="tag ${name}">${label.toLowerCase()}</span>`)
    .join('');
}

/** "what is bad: an increase, missing values: are left out, allowed increase: 1.1" */
function meaning(facts: readonly SettingFact[]): string {
  return facts.flatMap(({ label, text }) => (text === undefined ? [] : [`${label.toLowerCase()}: ${text}`])).join(', ');
}
