import type { Arms } from './arms.ts';
import { type Dispersion, dispersionOf } from './dispersion.ts';
import type { EventCounts } from './event-test.ts';
import { type EventWindow, largerInflation, type WindowEvents, withoutEvents } from './event-window.ts';
import { totalsOf } from './moments.ts';
import type { TestSettings } from './test-settings.ts';

/** Events of one arm and, at the same points, what they are events of: errors and requests. Both absent or neither. */
export interface RateArm {
  readonly events: readonly number[];
  readonly requests: readonly number[];
}

export interface RateArms {
  readonly control: RateArm;
  readonly experiment: RateArm;
}

/** The arms with events absent where requests are, and the reverse; less than no requests are absent. */
export function rateArms(events: Arms, requests: Arms): RateArms {
  const arm = (side: keyof Arms): RateArm => {
    const known = requests[side].map((count) => (count >= 0 ? count : Number.NaN));
    return {
      events: events[side].map((count, i) => count + 0 * (known[i] ?? Number.NaN)),
      requests: known.map((count, i) => count + 0 * (events[side][i] ?? Number.NaN)),
    };
  };
  return { control: arm('control'), experiment: arm('experiment') };
}

/** Events over requests, point by point; a point without requests has none. */
export function ratesAtPoints({ control, experiment }: RateArms): Arms {
  const ratio = ({ events, requests }: RateArm) =>
    events.map((count, i) => (requests[i] ? count / requests[i] : Number.NaN));
  return { control: ratio(control), experiment: ratio(experiment) };
}

/** The events of both arms over a window, each arm with the requests it had. */
export function rateEvents(
  { control, experiment }: RateArms,
  { from }: EventWindow,
  settings: TestSettings,
): WindowEvents {
  const [c, e] = [armFrom(control, from, settings), armFrom(experiment, from, settings)];
  if (c.requests === 0 || e.requests === 0) return withoutEvents(settings);
  const high = eventsAgainst(c, e, from, settings);
  const low = eventsAgainst(e, c, from, settings);
  return { test: { high: high.counts, low: low.counts }, inflation: high.inflation };
}

interface ArmFrom {
  readonly arm: RateArm;
  /** Totals from a place on. */
  readonly events: number;
  readonly requests: number;
  /** How the arm's events scatter about its own rate; undefined without any. */
  readonly alone: Dispersion | undefined;
}

function armFrom(arm: RateArm, from: number, settings: TestSettings): ArmFrom {
  const events = totalsOf(arm.events, from);
  const requests = totalsOf(arm.requests, from);
  if (events.total === 0) return { arm, events: 0, requests: requests.total, alone: undefined };
  const rate = events.total / requests.total;
  const differences = new Array<number>(arm.events.length);
  for (let t = 0; t < differences.length; t++) {
    differences[t] = (arm.events[t] as number) - rate * (arm.requests[t] as number);
  }
  const expectedOfAll = totalsOf(arm.events).mean;
  const alone = dispersionOf({ differences, from, expected: events.mean, expectedOfAll }, settings);
  return { arm, events: events.total, requests: requests.total, alone };
}

/** How the second arm's events compare with the first's: by the smaller of two errors, paired by time or arm by arm. */
function eventsAgainst(c: ArmFrom, e: ArmFrom, from: number, settings: TestSettings) {
  const counts = (ofFirst: number, ofSecond: number): EventCounts => ({
    control: c.events / ofFirst,
    experiment: e.events / ofSecond,
    exposure: e.requests / ofSecond / (c.requests / ofFirst),
  });
  const [ofFirst, ofSecond] = [c.alone?.eventsPerEvent ?? 1, e.alone?.eventsPerEvent ?? 1];
  const [independent, apart] = [1 / e.events + 1 / c.events, ofSecond / e.events + ofFirst / c.events];
  // Nothing is better than independent events.
  const paired = c.alone && e.alone && apart > independent && pairedDispersion(c, e, from, settings);
  if (paired && paired.eventsPerEvent * independent < apart) {
    const together = paired.eventsPerEvent;
    return { counts: counts(together, together), inflation: paired.inflation };
  }
  const none = withoutEvents(settings).inflation;
  return {
    counts: counts(ofFirst, ofSecond),
    inflation: largerInflation(c.alone?.inflation ?? none, e.alone?.inflation ?? none),
  };
}

/** How the arms' events scatter about each other at the same time; points without requests on one side say nothing. */
function pairedDispersion(c: ArmFrom, e: ArmFrom, from: number, settings: TestSettings): Dispersion | undefined {
  const rateRatio = e.events / e.requests / (c.events / c.requests);
  const length = Math.min(c.arm.events.length, e.arm.events.length);
  const [differences, expected] = [new Array<number>(length), new Array<number>(length)];
  for (let t = 0; t < length; t++) {
    const [ofFirst, ofSecond] = [c.arm.requests[t] as number, e.arm.requests[t] as number];
    const perEvent = ofFirst > 0 && ofSecond > 0 ? (rateRatio * ofSecond) / ofFirst : Number.NaN;
    const [first, second] = [c.arm.events[t] as number, e.arm.events[t] as number];
    differences[t] = second - perEvent * first;
    expected[t] = second + perEvent * perEvent * first;
  }
  const inWindow = totalsOf(expected, from);
  if (inWindow.points < 2 || !(inWindow.mean > 0)) return undefined;
  const expectedOfAll = totalsOf(expected).mean;
  return dispersionOf({ differences, from, expected: inWindow.mean, expectedOfAll }, settings);
}
