import type { Arms } from './arms.ts';
import { dispersionOf, type EventDifferences } from './dispersion.ts';
import { symmetricTest } from './event-test.ts';
import { type EventWindow, type WindowEvents, withoutEvents } from './event-window.ts';
import { momentsOf } from './moments.ts';
import type { TestSettings } from './test-settings.ts';

/** Whole numbers of events, of points where both arms have one. */
export function countedEvents(arms: Arms, { from, late }: EventWindow, settings: TestSettings): WindowEvents {
  const [ofControl, ofExperiment] = [momentsOf(arms.control, from), momentsOf(arms.experiment, from)];
  if (ofControl.total + ofExperiment.total === 0) return withoutEvents(settings);
  const leastPhi = late ? dispersionOf(differencesFrom(arms, 0), settings).phi : 0;
  const dispersion = dispersionOf({ ...differencesFrom(arms, from), leastPhi }, settings);
  const control = ofControl.total / dispersion.eventsPerEvent;
  const experiment = ofExperiment.total / dispersion.eventsPerEvent;
  return { test: symmetricTest({ control, experiment, exposure: 1 }), inflation: dispersion.inflation, dispersion };
}

/** Differences experiment - theta control on the whole grid, with the theta of the window. */
function differencesFrom({ control, experiment }: Arms, from: number): EventDifferences {
  const [ofControl, ofExperiment] = [momentsOf(control, from).mean, momentsOf(experiment, from).mean];
  // Where an arm has no events any theta but 0 will do: the events of the other are what scatters.
  const theta = ofControl > 0 && ofExperiment > 0 ? ofExperiment / ofControl : 1;
  return {
    differences: experiment.map((value, i) => value - theta * (control[i] as number)),
    from,
    expected: ofExperiment + theta ** 2 * ofControl,
  };
}
