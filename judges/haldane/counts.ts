import type { Arms } from './arms.ts';
import { dispersionOf, type EventDifferences, phiOf } from './dispersion.ts';
import { symmetricTest } from './event-test.ts';
import { type EventWindow, type WindowEvents, withoutEvents } from './event-window.ts';
import { totalsOf } from './moments.ts';
import type { TestSettings } from './test-settings.ts';

/** Whole numbers of events, of points where both arms have one. */
export function countedEvents(arms: Arms, { from, late }: EventWindow, settings: TestSettings): WindowEvents {
  const [ofControl, ofExperiment] = [totalsOf(arms.control, from), totalsOf(arms.experiment, from)];
  if (ofControl.total + ofExperiment.total === 0) return withoutEvents(settings);
  const leastPhi = late ? phiOf(differencesFrom(arms, 0)) : 0;
  const dispersion = dispersionOf({ ...differencesFrom(arms, from), leastPhi }, settings);
  const control = ofControl.total / dispersion.eventsPerEvent;
  const experiment = ofExperiment.total / dispersion.eventsPerEvent;
  return { test: symmetricTest({ control, experiment, exposure: 1 }), inflation: dispersion.inflation, dispersion };
}

/** Differences experiment - theta control on the whole grid, with the theta of the window. */
function differencesFrom({ control, experiment }: Arms, from: number): EventDifferences {
  const ofControl = totalsOf(control, from).mean;
  const ofExperiment = totalsOf(experiment, from).mean;
  // Where an arm has no events any theta but 0 will do: the events of the other are what scatters.
  const theta = ofControl > 0 && ofExperiment > 0 ? ofExperiment / ofControl : 1;
  const differences = new Float64Array(experiment.length);
  for (let t = 0; t < differences.length; t++) {
    differences[t] = (experiment[t] as number) - theta * (control[t] as number);
  }
  return {
    differences,
    from,
    expected: ofExperiment + theta * theta * ofControl,
  };
}
