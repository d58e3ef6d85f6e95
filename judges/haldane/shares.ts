import type { Arms } from './arms.ts';
import { valueInflation } from './dispersion.ts';
import { type EventTest, eventTails, symmetricTest } from './event-test.ts';
import { type EventWindow, largerInflation, type WindowEvents } from './event-window.ts';
import { momentsOf, totalsOf } from './moments.ts';
import { NOTHING_SEEN, type Tails, tailsWithoutVariation } from './tails.ts';
import type { TestSettings } from './test-settings.ts';
import { type Inflation, inflated } from './variance-inflation.ts';

/** Shares and other values that are no counts: of the whole series, what one independent event adds to each arm's sum. */
export interface SharedEvents {
  readonly arms: Arms;
  readonly sizeInControl: number;
  readonly sizeInExperiment: number;
  /** Neither arm varies, so that a size has no meaning. */
  readonly constant: boolean;
  readonly inflation: Inflation;
}

/** With fewer values than this above 0 the variance cannot be trusted: an event is at least the smallest value. */
const FEW_EVENTS = 8;
/** An arm without any scatter counts as one of very many small events. */
const SMALLEST_SIZE = 1e-6;

/** Of points where both arms have a value, and at least one of them is above 0. */
export function sharedEvents(arms: Arms, settings: TestSettings): SharedEvents {
  const [control, experiment] = [eventsOfArm(arms.control, settings), eventsOfArm(arms.experiment, settings)];
  const [a, b] = [control.size ?? experiment.size ?? 0, experiment.size ?? control.size ?? 0];
  const constant = a === 0 && b === 0;
  const smallest = SMALLEST_SIZE * (constant ? control.mean + experiment.mean : Math.max(a, b));
  return {
    arms,
    sizeInControl: Math.max(a, smallest),
    sizeInExperiment: Math.max(b, smallest),
    constant,
    inflation: largerInflation(control.inflation, experiment.inflation),
  };
}

/** The size is undefined for an arm without any event. A sum of independent events has the variance size x mean. */
function eventsOfArm(values: Float64Array, settings: TestSettings) {
  const { points, mean, variance } = momentsOf(values);
  const events = values.filter((value) => value > 0);
  const inflation = valueInflation(values, { points, mean }, settings);
  if (events.length === 0) return { size: undefined, mean: 0, inflation };
  const size = (variance / mean) * inflated(inflation.factor, points);
  return { size: events.length < FEW_EVENTS ? Math.max(size, Math.min(...events)) : size, mean, inflation };
}

/** The events of both arms over a window. */
export function shareEvents(shared: SharedEvents, { from }: EventWindow): WindowEvents {
  const { arms, sizeInControl, sizeInExperiment, inflation } = shared;
  const control = totalsOf(arms.control, from).total / sizeInControl;
  const experiment = totalsOf(arms.experiment, from).total / sizeInExperiment;
  return { test: symmetricTest({ control, experiment, exposure: sizeInControl / sizeInExperiment }), inflation };
}

export function shareTails(shared: SharedEvents, window: EventWindow, test: EventTest, delta: number): Tails {
  if (shared.constant) return constantTails(shared.arms, window, delta);
  const { high, low } = eventTails(test, delta);
  // Without requests nobody can tell "no errors" from "hardly any traffic".
  const canaryIsSilent = !shared.arms.experiment.some((value) => value > 0);
  return { high, low: canaryIsSilent ? 1 : low };
}

function constantTails({ control, experiment }: Arms, { from, points, late }: EventWindow, delta: number): Tails {
  if (late) return NOTHING_SEEN;
  const ratio = totalsOf(experiment, from).total / totalsOf(control, from).total;
  return tailsWithoutVariation(Math.log(ratio), Math.log1p(delta), points);
}
