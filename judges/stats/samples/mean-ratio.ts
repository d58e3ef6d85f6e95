/**
 * How many times as large the experiment's mean is as control's: 1.2 is 20 % more. NaN when either mean is 0,
 * where a ratio says nothing.
 *
 * @example meanRatio({ control: 100, experiment: 120 }) // 1.2
 */
export function meanRatio(means: { readonly control: number; readonly experiment: number }): number {
  return means.control === 0 || means.experiment === 0 ? Number.NaN : means.experiment / means.control;
}
