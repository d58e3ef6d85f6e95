import { logChoose } from '../distributions/log-gamma.ts';
import { normalQuantile } from '../distributions/normal-quantile.ts';
import type { Alternative, ConfidenceInterval } from './alternative.ts';

/** Events of so many trials. */
export interface Rate {
  readonly events: number;
  readonly trials: number;
}

/**
 * Whether two rates are one, exactly: Fisher's test of the two-by-two table. `greater`: the rate of the experiment is
 * the larger one. Whole numbers of events, at most as many as trials.
 *
 * Source: R. A. Fisher (1935); two-sided by the tables that are as improbable, as R and scipy do.
 *
 * @example fisherTest({ events: 1, trials: 20 }, { events: 8, trials: 20 }, 'greater') // 0.0097…
 */
export function fisherTest(control: Rate, experiment: Rate, alternative: Alternative): number {
  const events = control.events + experiment.events;
  const [least, most] = [Math.max(0, events - control.trials), Math.min(events, experiment.trials)];
  const all = logChoose(control.trials + experiment.trials, events);
  const logP = (k: number) => logChoose(experiment.trials, k) + logChoose(control.trials, events - k) - all;
  const own = logP(experiment.events);
  let sum = 0;
  for (let k = least; k <= most; k++) {
    if (alternative === 'greater' && k < experiment.events) continue;
    if (alternative === 'less' && k > experiment.events) continue;
    const log = logP(k);
    if (alternative === 'two-sided' && log > own + 1e-7) continue;
    sum += Math.exp(log);
  }
  return Math.min(1, sum);
}

/**
 * The interval of the difference of two rates, experiment minus control: Newcombe's hybrid of Wilson's.
 *
 * Source: R. G. Newcombe, "Interval Estimation for the Difference between Independent Proportions", Stat. Med. 17 (1998),
 * method 10.
 *
 * @example rateDifferenceInterval({ events: 48, trials: 80 }, { events: 56, trials: 70 }, 0.95) // 0.0524 to 0.3339, the other way round
 */
export function rateDifferenceInterval(control: Rate, experiment: Rate, confidence: number): ConfidenceInterval {
  const [c, e] = [wilsonInterval(control, confidence), wilsonInterval(experiment, confidence)];
  const [p, q] = [control.events / control.trials, experiment.events / experiment.trials];
  return {
    lower: q - p - Math.hypot(q - e.lower, c.upper - p),
    upper: q - p + Math.hypot(e.upper - q, p - c.lower),
  };
}

/**
 * Wilson's interval of a rate.
 *
 * Source: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927).
 *
 * @example wilsonInterval({ events: 5, trials: 10 }, 0.95) // 0.2366 to 0.7634
 */
export function wilsonInterval({ events, trials }: Rate, confidence: number): ConfidenceInterval {
  const z = normalQuantile(1 - (1 - confidence) / 2);
  const square = z * z;
  const middle = (events + square / 2) / (trials + square);
  const half = (z / (trials + square)) * Math.sqrt((events * (trials - events)) / trials + square / 4);
  return { lower: Math.max(0, middle - half), upper: Math.min(1, middle + half) };
}
