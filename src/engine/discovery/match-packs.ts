import type { TemplateMetric, TemplatePack } from '../../domain/template-pack.ts';
import type { LeftOut } from './discovery.ts';

/** A pack, and what of it a store has. */
export interface PackMatch {
  readonly pack: TemplatePack;
  /** names of its metrics whose every series is there */
  readonly metrics: readonly string[];
  /** the others, with the series that are not there */
  readonly missing: readonly { readonly metric: string; readonly series: readonly string[] }[];
}

/** The packs of which a store has something that can be judged, the best match first. Pure. */
export function matchPacks(packs: readonly TemplatePack[], names: readonly string[]): PackMatch[] {
  return bestFirst(matchesOf(packs, names).filter(saysSomething));
}

/** The packs of which a store has something, but too little to judge by, the best match first. Pure. */
export function partialMatches(packs: readonly TemplatePack[], names: readonly string[]): PackMatch[] {
  return bestFirst(matchesOf(packs, names).filter((match) => match.metrics.length > 0 && !saysSomething(match)));
}

/** Why metrics are not there, by their names. */
export function leftOut({ missing }: PackMatch): LeftOut[] {
  return missing.map(({ metric, series }) => ({ metric, why: `the store has no ${series.join(' and no ')}` }));
}

function matchesOf(packs: readonly TemplatePack[], names: readonly string[]): PackMatch[] {
  const known = new Set(names);
  return packs.map((pack) => matchPack(pack, known));
}

function bestFirst(matches: readonly PackMatch[]): PackMatch[] {
  return matches.toSorted((one, other) => rank(other) - rank(one) || (one.pack.id < other.pack.id ? -1 : 1));
}

function matchPack(pack: TemplatePack, known: ReadonlySet<string>): PackMatch {
  const all = pack.metrics.map((metric) => {
    const series = seriesOf(metric).filter((name) => !known.has(name));
    return { metric: metric.name, series };
  });
  return {
    pack,
    metrics: all.filter(({ series }) => series.length === 0).map(({ metric }) => metric),
    missing: all.filter(({ series }) => series.length > 0),
  };
}

/** One of many metrics is there by chance: memory of containers is read by packs of quite other products. */
function saysSomething(match: PackMatch): boolean {
  const { pack, metrics } = match;
  if (hasLabelVariable(pack)) return decisiveIn(match) > 0;
  return metrics.length > 0 && metrics.length * 3 >= pack.metrics.length;
}

/** Whether the label that tells versions apart is a variable of the pack. */
export function hasLabelVariable({ variables }: TemplatePack): boolean {
  return ['label', 'place'].every((name) => variables.some((variable) => variable.name === name));
}

function decisiveIn({ pack, metrics }: PackMatch): number {
  const found = pack.metrics.filter(({ name }) => metrics.includes(name));
  return found.filter(({ group }) => group === 'errors' || group === 'latency').length;
}

/** What users feel says more than how containers fare; a whole pack says more than a part. */
function rank(match: PackMatch): number {
  const { pack, metrics } = match;
  const hasLatency = pack.metrics.some(({ name, group }) => group === 'latency' && metrics.includes(name));
  return (hasLatency ? 100 : 0) + decisiveIn(match) * 10 + metrics.length / pack.metrics.length;
}

/** The names of the series that a metric of a pack reads: what stands before its matchers. */
export function seriesOf({ query }: TemplateMetric): string[] {
  const text = Object.values(query)
    .filter((value) => typeof value === 'string')
    .join(' ');
  const names = [...text.matchAll(/([a-zA-Z_:][\w:]*)\s*\{/g)].map(([, name = '']) => name);
  return [...new Set(names)];
}
