import { inScratch, type Scratch } from '../stats/numerics/scratch.ts';
import type { Arms } from './arms.ts';
import { type Dispersion, dispersionBelow, dispersionOf } from './dispersion.ts';
import type { EventCounts } from './event-test.ts';
import { type EventWindow, largerInflation, type WindowEvents, withoutEvents } from './event-window.ts';
import { totalsOf } from './moments.ts';
import type { TestSettings } from './test-settings.ts';

/** Events of one arm and, at the same points, what they are events of: errors and requests. Both absent or neither. */
export interface RateArm {
  readonly events: Float64Array;
  readonly requests: Float64Array;
}

export interface RateArms {
  readonly control: RateArm;
  readonly experiment: RateArm;
}

/** The arms with events absent where requests are, and the reverse; less than no requests are absent. */
export function rateArms(events: Arms, requests: Arms): RateArms {
  return {
    control: rateArm(events.control, requests.control),
    experiment: rateArm(events.experiment, requests.experiment),
  };
}

function rateArm(events: Float64Array, requests: Float64Array): RateArm {
  const known = { events: new Float64Array(events.length), requests: new Float64Array(requests.length) };
  known.events.fill(Number.NaN);
  known.requests.fill(Number.NaN);
  for (let t = 0; t < Math.min(events.length, requests.length); t++) {
    const count = events[t] as number;
    const asked = requests[t] as number;
    if (!(asked >= 0) || Number.isNaN(count)) continue;
    known.events[t] = count;
    known.requests[t] = asked;
  }
  return known;
}

/** Events over requests, point by point; a point without requests has none. */
export function ratesAtPoints({ control, experiment }: RateArms): Arms {
  return { control: ratesOf(control), experiment: ratesOf(experiment) };
}

function ratesOf({ events, requests }: RateArm): Float64Array {
  const rates = new Float64Array(events.length).fill(Number.NaN);
  for (let t = 0; t < Math.min(events.length, requests.length); t++) {
    if (requests[t] !== 0) rates[t] = (events[t] as number) / (requests[t] as number);
  }
  return rates;
}

/** The events of both arms over a window, each arm with the requests it had. */
export function rateEvents(arms: RateArms, window: EventWindow, settings: TestSettings): WindowEvents {
  return inScratch((scratch) => eventsIn(arms, window, { ...settings, scratch }));
}

/** The settings of the test, and memory for what is computed on the way. */
type Settings = TestSettings & { readonly scratch: Scratch };

function eventsIn({ control, experiment }: RateArms, { from }: EventWindow, settings: Settings): WindowEvents {
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

function armFrom(arm: RateArm, from: number, settings: Settings): ArmFrom {
  const events = totalsOf(arm.events, from);
  const requests = totalsOf(arm.requests, from);
  if (events.total === 0) return { arm, events: 0, requests: requests.total, alone: undefined };
  const rate = events.total / requests.total;
  const differences = settings.scratch.floats(arm.events.length);
  for (let t = 0; t < differences.length; t++) {
    differences[t] = (arm.events[t] as number) - rate * (arm.requests[t] as number);
  }
  const expectedOfAll = totalsOf(arm.events).mean;
  const alone = dispersionOf({ differences, from, expected: events.mean, expectedOfAll }, settings);
  return { arm, events: events.total, requests: requests.total, alone };
}

/** How the second arm's events compare with the first's: by the smaller of two errors, paired by time or arm by arm. */
function eventsAgainst(c: ArmFrom, e: ArmFrom, from: number, settings: Settings) {
  const counts = (ofFirst: number, ofSecond: number): EventCounts => ({
    control: c.events / ofFirst,
    experiment: e.events / ofSecond,
    exposure: e.requests / ofSecond / (c.requests / ofFirst),
  });
  const [ofFirst, ofSecond] = [c.alone?.eventsPerEvent ?? 1, e.alone?.eventsPerEvent ?? 1];
  const [independent, apart] = [1 / e.events + 1 / c.events, ofSecond / e.events + ofFirst / c.events];
  // Nothing is better than independent events.
  const mustBeat = apart / independent;
  const paired = c.alone && e.alone && mustBeat > 1 ? pairedBelow(mustBeat, { c, e, from }, settings) : undefined;
  if (paired) {
    const together = paired.eventsPerEvent;
    return { counts: counts(together, together), inflation: paired.inflation };
  }
  const none = withoutEvents(settings).inflation;
  return {
    counts: counts(ofFirst, ofSecond),
    inflation: largerInflation(c.alone?.inflation ?? none, e.alone?.inflation ?? none),
  };
}

/**
 * How the arms' events scatter about each other at the same time, where that is better than `mustBeat`; points without
 * requests on one side say nothing.
 */
function pairedBelow(
  mustBeat: number,
  { c, e, from }: { readonly c: ArmFrom; readonly e: ArmFrom; readonly from: number },
  settings: Settings,
): Dispersion | undefined {
  const rateRatio = e.events / e.requests / (c.events / c.requests);
  const first = c.arm;
  const second = e.arm;
  const differences = settings.scratch.floats(Math.min(first.events.length, second.events.length));
  let points = 0;
  let expected = 0;
  let pointsOfAll = 0;
  let expectedOfAll = 0;
  for (let t = 0; t < differences.length; t++) {
    const ofFirst = first.requests[t] as number;
    const ofSecond = second.requests[t] as number;
    if (!(ofFirst > 0 && ofSecond > 0)) {
      differences[t] = Number.NaN;
      continue;
    }
    const perEvent = (rateRatio * ofSecond) / ofFirst;
    differences[t] = (second.events[t] as number) - perEvent * (first.events[t] as number);
    const variance = (second.events[t] as number) + perEvent * perEvent * (first.events[t] as number);
    pointsOfAll++;
    expectedOfAll += variance;
    if (t < from) continue;
    points++;
    expected += variance;
  }
  if (points < 2 || !(expected > 0)) return undefined;
  const perPoint = { expected: expected / points, expectedOfAll: expectedOfAll / pointsOfAll };
  return dispersionBelow(mustBeat, { differences, from, ...perPoint }, settings);
}
