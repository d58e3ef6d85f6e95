import { incompleteBetaOdds } from '../../../judges/stats/distributions/incomplete-beta-quantile.ts';

/** How often something happened. */
export interface Proportion {
  readonly hits: number;
  readonly trials: number;
}

export const NONE: Proportion = { hits: 0, trials: 0 };

export function sum(parts: readonly Proportion[]): Proportion {
  return parts.reduce((all, { hits, trials }) => ({ hits: all.hits + hits, trials: all.trials + trials }), NONE);
}

export function shareOf({ hits, trials }: Proportion): number {
  return hits / trials;
}

/**
 * The exact 95 % interval of a share.
 *
 * Source: C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated in the case of the
 * binomial", Biometrika 26 (1934).
 *
 * @example clopperPearson({ hits: 5, trials: 250 }) // { lower: 0.00652…, upper: 0.0461… }
 */
export function clopperPearson({ hits, trials }: Proportion): { readonly lower: number; readonly upper: number } {
  const at = (p: number, a: number, b: number) => {
    const odds = incompleteBetaOdds(p, a, b);
    return odds / (1 + odds);
  };
  return {
    lower: hits === 0 ? 0 : at(0.025, hits, trials - hits + 1),
    upper: hits === trials ? 1 : at(0.975, hits + 1, trials - hits),
  };
}

/** '2.0 [0.7, 4.6]', in percent. */
export function inWords(proportion: Proportion): string {
  if (proportion.trials === 0) return '-';
  const { lower, upper } = clopperPearson(proportion);
  return `${percent(shareOf(proportion))} [${percent(lower)}, ${percent(upper)}]`;
}

export function percent(share: number): string {
  return (100 * share).toFixed(1);
}
