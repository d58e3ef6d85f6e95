import type { MetricSetPair } from '../../src/domain/metric-set-pair.ts';
import { keyOfTags, type NamedCounts, total, type Uncountable } from './drift-counts.ts';
import { finiteOf } from './drift-values.ts';

type Side = 'control' | 'experiment';
const SIDES = ['control', 'experiment'] as const;

/** Outputs between two bounds, of one side. */
interface Bucket {
  readonly side: Side;
  readonly left: number;
  readonly right: number;
  readonly count: number;
}

/**
 * Series that together are one distribution: the buckets of classic histograms of Prometheus by `le`, cumulative; buckets by
 * `vmrange` ("0.5...1"), as VictoriaMetrics and the native histograms of Prometheus have them; or else categories.
 */
export function countSeries(pairs: readonly MetricSetPair[]): NamedCounts | Uncountable {
  const labels = ['le', 'vmrange'].filter((label) => pairs.some(({ tags = {} }) => label in tags));
  if (labels.length === 0) return countLabels(pairs);
  const [label = ''] = labels;
  if (labels.length > 1 || pairs.some(({ tags = {} }) => !(label in tags))) {
    return { uncountable: `some of its series have the label ${label} and some have not; ask for buckets of one kind` };
  }
  return label === 'le' ? countClassic(pairs) : countRanges(pairs);
}

function countLabels(pairs: readonly MetricSetPair[]): NamedCounts {
  const groups = [...groupsBy(pairs, keyOfTags)].toSorted(([one], [other]) => (one < other ? -1 : 1));
  const counts = (side: Side) => groups.map(([, group]) => sumOf(group, side));
  return { names: groups.map(([name]) => name), control: counts('control'), experiment: counts('experiment') };
}

function countClassic(pairs: readonly MetricSetPair[]): NamedCounts | Uncountable {
  const groups = [...groupsBy(pairs, ({ le = '' }) => le)];
  const bounds = groups.map(([le, group]) => ({ le, bound: boundOf(le), group }));
  const unreadable = bounds.find(({ bound }) => Number.isNaN(bound));
  if (unreadable !== undefined) return { uncountable: `the label le is "${unreadable.le}", which is no number` };
  const ordered = bounds.toSorted((one, other) => one.bound - other.bound);
  const buckets: Bucket[] = [];
  for (const side of SIDES) {
    // A bound that a side lacks is no empty bucket: its outputs are in the next one.
    const having = ordered.filter(({ group }) => group.some((pair) => finiteOf(pair, side).length > 0));
    if (having.length > 0 && having.at(-1)?.bound !== Number.POSITIVE_INFINITY) {
      const name = side === 'control' ? 'baseline' : 'canary';
      return { uncountable: `the ${name} has no bucket le="+Inf", so outputs above the last bound are not counted` };
    }
    let [left, before] = [Number.NEGATIVE_INFINITY, 0];
    for (const { le, bound: right, group } of having) {
      const cumulative = sumOf(group, side);
      if (before - cumulative > Math.max(SLACK.counts, SLACK.share * before)) {
        return {
          uncountable: `fewer outputs are counted up to le="${le}" than below it; its buckets are not cumulative`,
        };
      }
      buckets.push({ side, left, right, count: Math.max(0, cumulative - before) });
      before = Math.max(before, cumulative);
      left = right;
    }
  }
  return inCommonCells(buckets);
}

/** `increase()` of two buckets may be extrapolated by different factors. */
const SLACK = { counts: 2, share: 0.05 } as const;

function countRanges(pairs: readonly MetricSetPair[]): NamedCounts | Uncountable {
  const buckets: Bucket[] = [];
  for (const [range, group] of groupsBy(pairs, ({ vmrange = '' }) => vmrange)) {
    const [left = Number.NaN, right = Number.NaN, ...others] = range.split('...').map(boundOf);
    if (others.length > 0 || !(left < right)) {
      return { uncountable: `the label vmrange is "${range}"; buckets are called by their bounds, as in "0.5...1"` };
    }
    for (const side of SIDES) {
      const count = sumOf(group, side);
      if (count > 0) buckets.push({ side, left, right, count });
    }
  }
  return inCommonCells(buckets);
}

/**
 * The finest cells that no bucket of either side leaves: buckets that overlap are one cell. So histograms of another
 * resolution, or of other bounds, are compared as far as they can be, and never bucket 3 of one with bucket 3 of another.
 */
function inCommonCells(buckets: readonly Bucket[]): NamedCounts | Uncountable {
  const cells: { left: number; right: number; control: number; experiment: number }[] = [];
  for (const { side, left, right, count } of buckets.toSorted((one, other) => one.left - other.left)) {
    const last = cells.at(-1);
    const cell = last !== undefined && left < last.right ? last : { left, right, control: 0, experiment: 0 };
    if (cell !== last) cells.push(cell);
    cell.right = Math.max(cell.right, right);
    cell[side] += count;
  }
  const kinds = new Set(buckets.map(({ left, right }) => `${left} ${right}`));
  if (cells.length < 2 && kinds.size > 1) {
    return { uncountable: 'the buckets of the sides have no bound in common; give both sides the same buckets' };
  }
  return {
    names: cells.map(({ left, right }) => nameOf(left, right)),
    control: cells.map(({ control }) => control),
    experiment: cells.map(({ experiment }) => experiment),
  };
}

function nameOf(left: number, right: number): string {
  if (left === Number.NEGATIVE_INFINITY) return `up to ${right}`;
  return right === Number.POSITIVE_INFINITY ? `above ${left}` : `${left} to ${right}`;
}

function boundOf(text: string): number {
  if (/^\+?inf$/i.test(text)) return Number.POSITIVE_INFINITY;
  if (/^-inf$/i.test(text)) return Number.NEGATIVE_INFINITY;
  return text.trim() === '' ? Number.NaN : Number(text);
}

function groupsBy(pairs: readonly MetricSetPair[], nameOf: (tags: Readonly<Record<string, string>>) => string) {
  return Map.groupBy(pairs, ({ tags = {} }) => nameOf(tags));
}

function sumOf(group: readonly MetricSetPair[], side: Side): number {
  return Math.round(group.reduce((sum, pair) => sum + total(pair, side), 0));
}
