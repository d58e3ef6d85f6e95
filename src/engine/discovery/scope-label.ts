import type { SeriesLabels } from '../../domain/series-labels.ts';
import type { TemplatePack } from '../../domain/template-pack.ts';
import { mostFirst } from './most-first.ts';

type ScopeVariable = 'scope' | 'location';

/** The label in which a pack looks for a scope or a location, and how a value of it is read. */
export interface ScopeLabel {
  readonly label: string;
  /** the scope in a value of the label; undefined when the value is of nothing the pack reads */
  read(value: string): string | undefined;
}

/**
 * The label that a pack matches with `${scope}` or `${location}`; undefined when it matches none, or so that a value
 * does not tell. Pure.
 */
export function scopeLabel(pack: TemplatePack, variable: ScopeVariable): ScopeLabel | undefined {
  const text = JSON.stringify(pack.metrics.map(({ query }) => query)).replaceAll('\\"', '"');
  const matcher = new RegExp(`(\\$\\{\\w+\\}|\\w+)\\s*(?:=~|=)\\s*"([^"]*\\$\\{${variable}\\}[^"]*)"`);
  const [, name = '', pattern = ''] = matcher.exec(text) ?? [];
  const label = filledIn(name, pack);
  if (!/^\w+$/.test(label)) return undefined;
  const [before = '', after = ''] = pattern.split(`\${${variable}}`);
  const [opened, closed] = [before.replace(/\($/, ''), after.replace(/^\)/, '')];
  if (opened !== '') return undefined;
  const rest = filledIn(closed, pack);
  // What ends in anything does not say where the scope ends.
  if (rest.includes('$') || rest.includes('.*')) return undefined;
  const reads = new RegExp(`^(.+?)${rest}$`);
  return { label, read: (value) => reads.exec(value)?.[1] };
}

/** Values of a label and how many series have each; most first. */
export function valuesOf(series: readonly SeriesLabels[], { label, read }: ScopeLabel): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const labels of series) {
    const value = read(labels[label] ?? '');
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return mostFirst(counts);
}

/** With the defaults of the pack's variables. */
function filledIn(text: string, { variables }: TemplatePack): string {
  return text.replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => {
    return variables.find((variable) => variable.name === name)?.default ?? whole;
  });
}
