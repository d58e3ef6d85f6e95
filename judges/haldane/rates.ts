import { mean } from '../stats/samples/mean.ts';
import { type Arms, countPresent, presentValues } from './arms.ts';
import { type Dispersion, dispersionOf, phiOf, withoutLevels } from './dispersion.ts';
import { type EventCounts, NO_EVENTS } from './event-test.ts';
import { type EventWindow, largerInflation, type WindowEvents, withoutEvents } from './event-window.ts';
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
  window: EventWindow,
  settings: TestSettings,
): WindowEvents {
  const high = eventsAgainst(control, experiment, window, settings);
  const low = eventsAgainst(experiment, control, window, settings);
  return { test: { high: high.counts, low: low.counts }, inflation: high.inflation };
}

/** How the second arm's events compare with the first's: by the smaller of two errors, paired by time or arm by arm. */
function eventsAgainst(first: RateArm, second: RateArm, window: EventWindow, settings: TestSettings) {
  const [c, e] = [totalsOf(first, window.from), totalsOf(second, window.from)];
  if (c.requests === 0 || e.requests === 0) return { ...withoutEvents(settings), counts: NO_EVENTS };
  const counts = (ofFirst: number, ofSecond: number): EventCounts => ({
    control: c.events / ofFirst,
    experiment: e.events / ofSecond,
    exposure: e.requests / ofSecond / (c.requests / ofFirst),
  });
  const ofFirst = armDispersion(first, window, settings);
  const ofSecond = armDispersion(second, window, settings);
  const [alone1, alone2] = [ofFirst?.eventsPerEvent ?? 1, ofSecond?.eventsPerEvent ?? 1];
  const paired = pairedDispersion(first, second, window, settings);
  const together = paired?.eventsPerEvent ?? Number.POSITIVE_INFINITY;
  if (paired && together * (1 / e.events + 1 / c.events) < alone2 / e.events + alone1 / c.events) {
    return { counts: counts(together, together), inflation: paired.inflation };
  }
  const none = withoutEvents(settings).inflation;
  return {
    counts: counts(alone1, alone2),
    inflation: largerInflation(ofFirst?.inflation ?? none, ofSecond?.inflation ?? none),
  };
}

/** How the events of one arm scatter about its own rate; undefined without any. */
function armDispersion(arm: RateArm, { from }: EventWindow, settings: TestSettings): Dispersion | undefined {
  const excess = excessOf(arm, from);
  if (excess.expected === 0) return undefined;
  const leastPhi = from > 0 ? phiAboutLevels(excessOf(arm, 0), from) : 0;
  return dispersionOf(
    excess.differences,
    { from, points: countPresent(arm.events, from), ...excess, leastPhi },
    settings,
  );
}

/** Events beyond what the rate from place `from` on gives, on the whole grid. */
function excessOf(arm: RateArm, from: number): Differences {
  const { events, requests } = totalsOf(arm, from);
  const rate = events / requests;
  return {
    differences: arm.events.map((count, i) => count - rate * (arm.requests[i] as number)),
    expected: mean(presentValues(arm.events.slice(from))),
  };
}

/** How the arms' events scatter about each other at the same time; undefined where an arm has none. */
function pairedDispersion(
  first: RateArm,
  second: RateArm,
  { from }: EventWindow,
  settings: TestSettings,
): Dispersion | undefined {
  const window = pairedDifferences(first, second, from);
  const points = countPresent(window.differences, from);
  if (!(window.expected > 0) || points < 2) return undefined;
  const leastPhi = from > 0 ? phiAboutLevels(pairedDifferences(first, second, 0), from) : 0;
  return dispersionOf(window.differences, { from, points, expected: window.expected, leastPhi }, settings);
}

interface Differences {
  readonly differences: readonly number[];
  readonly expected: number;
}

/** Points without requests on one side compare nothing and are absent. */
function pairedDifferences(first: RateArm, second: RateArm, from: number): Differences {
  const [c, e] = [totalsOf(first, from), totalsOf(second, from)];
  const rateRatio = e.events / e.requests / (c.events / c.requests);
  const expectedPerEvent = first.requests.map((requests, i) => {
    const ofSecond = second.requests[i] as number;
    return requests > 0 && ofSecond > 0 ? (rateRatio * ofSecond) / requests : Number.NaN;
  });
  const scaled = first.events.map((count, i) => count * (expectedPerEvent[i] as number));
  const differences = second.events.map((count, i) => count - (scaled[i] as number));
  let expected = 0;
  for (let i = from; i < differences.length; i++) {
    if (Number.isNaN(differences[i])) continue;
    expected += (second.events[i] as number) + (expectedPerEvent[i] as number) * (scaled[i] as number);
  }
  return { differences, expected: expected / countPresent(differences, from) };
}

/**
 * The scatter of the whole series about its levels before and in a later window, whose few points may scatter little by
 * chance. In arms with bursts of their own this halves the false alarms of the half and the quarter.
 */
function phiAboutLevels({ differences, expected }: Differences, from: number): number {
  return phiOf(withoutLevels(differences, from), 0, expected);
}

function totalsOf({ events, requests }: RateArm, from: number): { events: number; requests: number } {
  const total = (values: readonly number[]) => presentValues(values.slice(from)).reduce((sum, value) => sum + value, 0);
  return { events: total(events), requests: total(requests) };
}
