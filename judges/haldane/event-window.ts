import type { Dispersion } from './dispersion.ts';
import { type EventTest, NO_EVENTS, symmetricTest } from './event-test.ts';
import type { TestSettings } from './test-settings.ts';
import { type Inflation, priorInflation } from './variance-inflation.ts';

/** The place and the size of a window; a late one is too short to show its own scatter. */
export interface EventWindow {
  readonly from: number;
  readonly points: number;
  readonly late: boolean;
}

export interface WindowEvents {
  readonly test: EventTest;
  readonly inflation: Inflation;
  readonly dispersion?: Dispersion;
}

/** What is known of a window in which nothing happened. */
export function withoutEvents({ prior }: TestSettings): WindowEvents {
  return {
    test: symmetricTest(NO_EVENTS),
    inflation: { factor: priorInflation(prior), autocorrelation: prior },
  };
}

export function largerInflation(a: Inflation, b: Inflation): Inflation {
  return a.factor >= b.factor ? a : b;
}
