import { mean } from '../stats/samples/mean.ts';
import { type Arms, presentValues } from './arms.ts';
import { dispersionOf, phiOf } from './dispersion.ts';
import { symmetricTest } from './event-test.ts';
import { type EventWindow, type WindowEvents, withoutEvents } from './event-window.ts';
import type { TestSettings } from './test-settings.ts';

/** Whole numbers of events, of points where both arms have one. */
export function countedEvents(arms: Arms, window: EventWindow, settings: TestSettings): WindowEvents {
  const { from, points, late } = window;
  const { ofControl, ofExperiment, differences, expected } = comparedFrom(arms, from);
  if (expected === 0) return withoutEvents(settings);
  const ofAll = comparedFrom(arms, 0);
  const leastPhi = late ? phiOf(ofAll.differences, 0, ofAll.expected) : 0;
  const dispersion = dispersionOf(differences, { from, points, expected, leastPhi }, settings);
  const control = (ofControl * points) / dispersion.eventsPerEvent;
  const experiment = (ofExperiment * points) / dispersion.eventsPerEvent;
  return { test: symmetricTest({ control, experiment, exposure: 1 }), inflation: dispersion.inflation, dispersion };
}

/** Differences experiment - theta control on the whole grid, with the theta of the window. */
function comparedFrom({ control, experiment }: Arms, from: number) {
  const ofControl = mean(presentValues(control.slice(from)));
  const ofExperiment = mean(presentValues(experiment.slice(from)));
  // Where an arm has no events any theta but 0 will do: the events of the other are what scatters.
  const theta = ofControl > 0 && ofExperiment > 0 ? ofExperiment / ofControl : 1;
  return {
    ofControl,
    ofExperiment,
    differences: experiment.map((value, i) => value - theta * (control[i] as number)),
    expected: ofExperiment + theta ** 2 * ofControl,
  };
}
