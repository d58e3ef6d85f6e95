import { inScratch } from '../stats/numerics/scratch.ts';
import { type OrderedSeries, partsOf } from '../stats/samples/ascending-order.ts';
import type { Steps } from '../steps/in-turns.ts';
import { type Arms, countPresent } from './arms.ts';
import type { Component, Direction } from './component.ts';
import { type Effect, effectOfLevel } from './effect.ts';
import { lateLevel } from './late-level.ts';
import { type Level, windowLevel } from './level.ts';
import type { LevelSeries } from './level-series.ts';
import { concurrentSpikes, type Spikes } from './spikes.ts';
import { type SpikesAgainstHistory, spikesAgainstHistory } from './spikes-against-history.ts';
import { tailsOf } from './tails.ts';
import { MINIMUM_POINTS, marginOf, type TestSettings } from './test-settings.ts';
import { type Window, windowsOf } from './windows.ts';

export interface MeasuredLevel {
  readonly components: readonly Component[];
  readonly effect: Effect;
  readonly level: Level;
}

/** The level of a metric as a whole, which is known, and in its later windows. */
export function* measureLevel(
  level: Level,
  { differences }: LevelSeries,
  scale: 'logarithm' | 'relative',
  settings: TestSettings,
): Steps<MeasuredLevel> {
  const tails = tailsOf(level, marginOf(settings), level.points / settings.overlap);
  const components: Component[] = [{ name: 'whole', from: 0, points: level.points, ...tails }];
  const pointsFrom = (place: number) => countPresent(differences.values, place);
  const windows = windowsOf(differences.values.length, pointsFrom, settings);
  for (const window of windows) {
    yield;
    components.push(windowComponent(differences, window, settings));
  }
  return { components, effect: effectOfLevel(level, settings.tau, scale), level };
}

function windowComponent(differences: OrderedSeries, window: Window, settings: TestSettings): Component {
  const { name, from, points, late } = window;
  return inScratch((scratch) => {
    const parts = partsOf(differences, from, scratch);
    const level = late ? lateLevel(parts, settings) : windowLevel(parts, settings);
    return { name, from, points, ...tailsOf(level, marginOf(settings), points / settings.overlap) };
  });
}

export interface MeasuredSpikes {
  readonly component: Component;
  readonly concurrent: Spikes;
  readonly againstHistory?: SpikesAgainstHistory;
}

export interface SpikeOptions {
  readonly direction: Direction;
  /** The control's values before the first point. Only for arms of equal size: a larger one spikes less. */
  readonly history?: Float64Array;
}

/** Spikes of positive values; undefined with too few pairs. With a history, harmful ones are also held against that. */
export function measureSpikes(
  arms: Arms,
  { differences }: LevelSeries,
  { direction, history }: SpikeOptions,
): MeasuredSpikes | undefined {
  if (differences.order.length < MINIMUM_POINTS) return undefined;
  const concurrent = concurrentSpikes(differences);
  const place = { name: 'spikes', from: 0, points: differences.order.length } as const;
  const { high, low } = concurrent;
  const sign = direction === 'decrease' ? -1 : 1;
  const againstHistory = history && spikesAgainstHistory(arms, { history, sign });
  if (!againstHistory) return { component: { ...place, high, low }, concurrent };
  // Nobody has the canary's history, so the other side stays with the spikes at the same time.
  const better = (p: number) => Math.min(1, 2 * Math.min(p, againstHistory.p));
  const component = sign > 0 ? { ...place, high: better(high), low } : { ...place, high, low: better(low) };
  return { component, concurrent, againstHistory };
}
