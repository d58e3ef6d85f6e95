import { medianOf } from '../stats/samples/median.ts';
import type { Arms } from './arms.ts';
import type { Side } from './component.ts';

/** Whether percentiles rest on enough requests to be compared. */
export interface TrafficGuard {
  readonly enough: boolean;
  /** Requests a point that the percentile needs, and the typical number that each arm has. */
  readonly needed: number;
  readonly control: number;
  readonly experiment: number;
  /** The highest percentile that both arms' requests are enough for, as a share; 0 when for none. */
  readonly highestQuantile: number;
  /** How many times as long a step, or as much traffic to the arm with less, would be enough. */
  readonly times: number;
}

/** Arms of which one has at most so many times the requests of the other have much the same bias, however few. */
const ALIKE = 1.25;
/** So many requests must lie beyond the percentile at each point. */
const REQUESTS_BEYOND = 10;

/**
 * The p99 of 20 requests is their maximum, that of 1,000 is not: with nothing changed, every test finds them different.
 * Arms with as few are compared all the same: both are wrong alike. `quantile` is the share, 0.99 for the p99; `requests` are those at each point, absent where unknown.
 */
export function trafficGuard(quantile: number, requests: Arms): TrafficGuard {
  const needed = REQUESTS_BEYOND / (1 - quantile);
  const [control, experiment] = [medianOf(requests.control), medianOf(requests.experiment)];
  const fewest = Math.min(control, experiment);
  return {
    // Not known is not enough.
    enough: fewest >= needed || (fewest > 0 && Math.max(control, experiment) <= ALIKE * fewest),
    needed,
    control,
    experiment,
    highestQuantile: fewest > REQUESTS_BEYOND ? 1 - REQUESTS_BEYOND / fewest : 0,
    times: needed / fewest,
  };
}

/** Whether fewer requests make a percentile of the canary lie on this side: with fewer, the slowest are met less often. */
export function explainedByTraffic({ control, experiment }: TrafficGuard, side: Side): boolean {
  return side === 'Low' ? experiment < control : experiment > control;
}
