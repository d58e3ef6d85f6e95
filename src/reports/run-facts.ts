import { html } from 'ghtml';
import type { CanaryScope, Side } from '../domain/canary-scope.ts';
import { instantMillis } from '../domain/values/instant.ts';
import { formatDuration, formatTime, formatWindow } from './format.ts';
import type { RunReport, ScopeReport } from './run-report.ts';

/** One fact about a run: a name, and texts that stand below one another. */
export interface Fact {
  readonly name: string;
  readonly texts: readonly string[];
}

/** Where, when and how was measured and judged. */
export function runFacts(report: RunReport): string {
  return renderFacts(factsOf(report));
}

export function renderFacts(facts: readonly Fact[]): string {
  const drawn = facts
    .filter(({ texts }) => texts.some((text) => text !== ''))
    .map(
      ({ name, texts }) =>
        html`<div><dt>${name}</dt>!${texts.map((text) => html`<dd><bdi>${text}</bdi></dd>`).join('')}</div>`,
    );
  return html`<dl class="facts">!${drawn.join('')}</dl>`;
}

/** As text, for files that are not HTML too. */
export function factsOf(report: RunReport): Fact[] {
  const { scopes, config, startedMillis, endedMillis } = report;
  const shared = windowsOf(scopes);
  const took =
    startedMillis === undefined || endedMillis === undefined
      ? ''
      : `, took ${formatDuration(endedMillis - startedMillis)}`;
  return [
    { name: 'Baseline', texts: placesOf(scopes, 'control', shared.length > 1) },
    { name: 'Canary', texts: placesOf(scopes, 'experiment', shared.length > 1) },
    { name: 'Window', texts: shared.length === 1 ? shared : [] },
    { name: 'Application', texts: [report.application] },
    { name: 'Config', texts: [config.name === undefined || config.name === '' ? config.id : config.name] },
    { name: 'Judge', texts: [report.judge] },
    { name: 'Metrics store', texts: [report.metricsAccountName] },
    { name: 'Run', texts: [report.id, `${formatTime(report.acceptedMillis)}${took}`] },
  ];
}

function windowsOf(scopes: readonly ScopeReport[]): string[] {
  const windows = scopes.flatMap(({ control, experiment }) => [windowOf(control), windowOf(experiment)]);
  return [...new Set(windows)].filter((window) => window !== '');
}

function windowOf({ start, end, step }: CanaryScope = {}): string {
  if (start === undefined || end === undefined) return '';
  const [from, to] = [instantMillis(start), instantMillis(end)];
  const every = step === undefined ? '' : `, a point every ${formatDuration(step * 1000)}`;
  return `${formatWindow(from, to)} (${formatDuration(to - from)})${every}`;
}

function placesOf(scopes: readonly ScopeReport[], side: Side, withWindow: boolean): string[] {
  return scopes.map((scope) => {
    const own = scope[side] ?? {};
    const place = [own.scope, own.location].filter((part) => part !== undefined && part !== '').join(' in ');
    const name = scopes.length === 1 ? '' : `${scope.name}: `;
    return `${name}${place === '' ? 'not named' : place}${withWindow ? `, ${windowOf(own)}` : ''}`;
  });
}
