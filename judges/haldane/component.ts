import type { Tails } from './tails.ts';
import type { ComponentName } from './test-settings.ts';

export type Direction = 'increase' | 'decrease' | 'either';
export type Side = 'High' | 'Low';

/** One part of the test of a metric, with its own p-values. */
export interface Component extends Tails {
  readonly name: ComponentName;
  /** The first point it looks at, and how many there are. */
  readonly from: number;
  readonly points: number;
}

/** The p-values of a metric: of all its parts together. */
export interface Combined extends Tails {
  /** Of the side that is harmful, or of either. */
  readonly p: number;
  readonly side: Side;
  /** The part with the smallest p-value for its share of the error budget. */
  readonly decidedBy: ComponentName;
}

/**
 * The weighted Bonferroni bound: each part gets its share of the error budget, so that together they raise no more false
 * alarms than one test would, however they depend on each other.
 */
export function combineComponents(
  components: readonly Component[],
  weights: Readonly<Record<ComponentName, number>>,
  direction: Direction,
): Combined {
  const total = totalOf(components, weights);
  const best = (tail: 'high' | 'low') =>
    components
      .map(({ name, [tail]: p }) => ({ name, p: (p * (isBeside(name) ? 1 : total)) / weights[name] }))
      .reduce((smallest, next) => (next.p < smallest.p ? next : smallest));
  const [high, low] = [best('high'), best('low')];
  const side = direction === 'decrease' || (direction === 'either' && low.p < high.p) ? 'Low' : 'High';
  const decisive = side === 'High' ? high : low;
  const sides = direction === 'either' ? 2 : 1;
  return {
    high: Math.min(1, high.p),
    low: Math.min(1, low.p),
    p: Math.min(1, sides * Math.min(1, decisive.p)),
    side,
    decidedBy: decisive.name,
  };
}

/** The share of a metric's error budget that one part has, among those present. */
export function shareOf(
  name: ComponentName,
  components: readonly Component[],
  weights: Readonly<Record<ComponentName, number>>,
): number {
  return weights[name] / (isBeside(name) ? 1 : totalOf(components, weights));
}

/** A part whose share lies beside that of the others. */
const isBeside = (name: ComponentName) => name === 'trend';

function totalOf(components: readonly Component[], weights: Readonly<Record<ComponentName, number>>): number {
  return components.reduce((sum, { name }) => (isBeside(name) ? sum : sum + weights[name]), 0);
}
