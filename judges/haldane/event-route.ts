import type { Steps } from '../steps/in-turns.ts';
import { type Arms, countPresent, pairedArms } from './arms.ts';
import type { Component } from './component.ts';
import { countedEvents } from './counts.ts';
import { type Effect, effectOfEvents } from './effect.ts';
import { type EventTest, eventTails } from './event-test.ts';
import type { EventWindow, WindowEvents } from './event-window.ts';
import { type RateArms, rateEvents } from './rates.ts';
import { sharedEvents, shareEvents, shareTails } from './shares.ts';
import type { Tails } from './tails.ts';
import type { TestSettings } from './test-settings.ts';
import { windowsOf } from './windows.ts';

export interface MeasuredEvents {
  readonly route: 'counts' | 'shares' | 'rates';
  readonly components: readonly Component[];
  readonly effect: Effect;
  readonly events: EventTest;
}

/** Values with zeros among them and none below: counts if all are multiples of the smallest, else shares. */
export function* measureEvents(arms: Arms, settings: TestSettings): Steps<MeasuredEvents> {
  const unit = smallestAboveZero(arms) ?? 1;
  const inUnits = (values: Float64Array) => (unit === 1 ? values : values.map((x) => x / unit));
  const scaled = { control: inUnits(arms.control), experiment: inUnits(arms.experiment) };
  const route = areMultiples(scaled) ? 'counts' : 'shares';
  const paired = pairedArms(scaled);
  const grid = { length: paired.control.length, pointsFrom: (place: number) => countPresent(paired.control, place) };
  const judge = route === 'counts' ? judgeCounts(paired, settings) : judgeShares(paired, settings);
  return { route, ...(yield* overWindows(grid, judge, settings)) };
}

/** Events beside the requests they are events of. */
export function* measureRates(arms: RateArms, settings: TestSettings): Steps<MeasuredEvents> {
  const both = pairedArms({ control: arms.control.events, experiment: arms.experiment.events });
  const grid = { length: both.control.length, pointsFrom: (place: number) => countPresent(both.control, place) };
  const judge = (window: EventWindow) => {
    const events = rateEvents(arms, window, settings);
    return { ...events, ...eventTails(events.test, settings.delta) };
  };
  return { route: 'rates', ...(yield* overWindows(grid, judge, settings)) };
}

type JudgedWindow = WindowEvents & Tails;

function* overWindows(
  { length, pointsFrom }: { length: number; pointsFrom: (place: number) => number },
  judge: (window: EventWindow) => JudgedWindow,
  settings: TestSettings,
): Steps<Omit<MeasuredEvents, 'route'>> {
  const points = pointsFrom(0);
  const whole = judge({ from: 0, points, late: false });
  const components: Component[] = [{ name: 'whole', from: 0, points, high: whole.high, low: whole.low }];
  for (const window of windowsOf(length, pointsFrom, settings)) {
    yield;
    const { high, low } = judge(window);
    components.push({ name: window.name, from: window.from, points: window.points, high, low });
  }
  return {
    components,
    effect: effectOfEvents(whole.test, points, whole.inflation),
    events: whole.test,
  };
}

function judgeCounts(arms: Arms, settings: TestSettings): (window: EventWindow) => JudgedWindow {
  const whole = { control: arms.control.map(Math.round), experiment: arms.experiment.map(Math.round) };
  return (window) => {
    const events = countedEvents(whole, window, settings);
    return { ...events, ...eventTails(events.test, settings.delta) };
  };
}

function judgeShares(arms: Arms, settings: TestSettings): (window: EventWindow) => JudgedWindow {
  const shared = sharedEvents(arms, settings);
  return (window) => {
    const events = shareEvents(shared, window);
    return { ...events, ...shareTails(shared, window, events.test, settings.delta) };
  };
}

/** Undefined when all values are 0. */
function smallestAboveZero({ control, experiment }: Arms): number | undefined {
  let smallest = Number.POSITIVE_INFINITY;
  for (const values of [control, experiment]) {
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (value > 0 && value < smallest) smallest = value;
    }
  }
  return smallest === Number.POSITIVE_INFINITY ? undefined : smallest;
}

/** How far a value may be from a multiple of the smallest to be taken for it. */
const ROUNDING = 0.01;

function areMultiples({ control, experiment }: Arms): boolean {
  return [control, experiment].every(areAllMultiples);
}

function areAllMultiples(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Math.abs(value - Math.round(value)) > ROUNDING) return false;
  }
  return true;
}
