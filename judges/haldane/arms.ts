/** Two series on one grid of points in time; NaN where a value is absent. */
export interface Arms {
  readonly control: Float64Array;
  readonly experiment: Float64Array;
}

/** How many values each arm has, and at how many points both have one. */
export interface PointCounts {
  readonly control: number;
  readonly experiment: number;
  readonly pairs: number;
}

/** The shorter arm is filled up with absent values; what is not finite is absent. Arms that are so already are not copied. */
export function onOneGrid(control: ArrayLike<number>, experiment: ArrayLike<number>): Arms {
  const length = Math.max(control.length, experiment.length);
  return { control: finiteValues(control, length), experiment: finiteValues(experiment, length) };
}

function finiteValues(values: ArrayLike<number>, length: number): Float64Array {
  if (values instanceof Float64Array && values.length === length && !hasInfinite(values)) return values;
  const finite = new Float64Array(length).fill(Number.NaN);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isFinite(value)) finite[i] = value;
  }
  return finite;
}

function hasInfinite(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (Math.abs(values[i] as number) === Number.POSITIVE_INFINITY) return true;
  return false;
}

/** Both arms with only the points where each has a value. */
export function pairedArms({ control, experiment }: Arms): Arms {
  return { control: whereBoth(control, experiment), experiment: whereBoth(experiment, control) };
}

function whereBoth(values: Float64Array, others: Float64Array): Float64Array {
  const both = values.slice();
  for (let i = 0; i < both.length; i++) if (Number.isNaN(others[i])) both[i] = Number.NaN;
  return both;
}

export function countPoints({ control, experiment }: Arms): PointCounts {
  let ofControl = 0;
  let ofExperiment = 0;
  let pairs = 0;
  for (let i = 0; i < control.length; i++) {
    const hasControl = !Number.isNaN(control[i]);
    const hasExperiment = !Number.isNaN(experiment[i]);
    if (hasControl) ofControl++;
    if (hasExperiment) ofExperiment++;
    if (hasControl && hasExperiment) pairs++;
  }
  return { control: ofControl, experiment: ofExperiment, pairs };
}

/** How many values are not NaN, from place `from` on. */
export function countPresent(values: ArrayLike<number>, from = 0): number {
  let count = 0;
  for (let i = from; i < values.length; i++) if (!Number.isNaN(values[i])) count++;
  return count;
}
