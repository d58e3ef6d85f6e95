import type { CanaryScope } from '../../src/domain/canary-scope.ts';
import type { RunLine } from '../../src/domain/run.ts';

export type Labels = Readonly<Record<string, string>>;

/** The labels that every series of a run has. Runs with the same values of all of them are one series. */
export const RUN_LABELS = ['application', 'config', 'canary', 'baseline', 'location', 'scope_params'] as const;

/** An empty label is no label, as in Prometheus. */
export function runLabels({ application, configName, canaryConfigId, request }: RunLine): Labels {
  const pairs = Object.entries(request.scopes ?? {}).sort(([one], [other]) => (one < other ? -1 : 1));
  const each = (text: (scope: CanaryScope) => string | undefined, side: 'controlScope' | 'experimentScope') =>
    distinct(pairs.map(([, pair]) => text(pair[side] ?? {}) ?? ''));
  return withoutEmpty({
    application,
    config: configName ?? canaryConfigId,
    canary: each(({ scope }) => scope, 'experimentScope'),
    baseline: each(({ scope }) => scope, 'controlScope'),
    location: each(({ location }) => location, 'experimentScope'),
    scope_params: each(({ extendedScopeParams }) => tagText(extendedScopeParams ?? {}), 'experimentScope'),
  });
}

/** `a=1,b=2`, in the order of the names. */
export function tagText(tags: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(tags).sort(([one], [other]) => (one < other ? -1 : 1));
  return entries.map(([name, value]) => `${name}=${value}`).join(',');
}

export function withoutEmpty(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));
}

/** The same for the same labels. */
export function labelKey(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function distinct(texts: readonly string[]): string {
  return [...new Set(texts)].filter((text) => text !== '').join(',');
}
