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

/** The shorter arm is filled up with absent values; what is not finite is absent. */
export function onOneGrid(control: ArrayLike<number>, experiment: ArrayLike<number>): Arms {
  const length = Math.max(control.length, experiment.length);
  return { control: finiteValues(control, length), experiment: finiteValues(experiment, length) };
}

function finiteValues(values: ArrayLike<number>, length: number): Float64Array {
  const finite = new Float64Array(length);
  const given = Math.min(values.length, length);
  for (let i = 0; i < given; i++) {
    const value = values[i] as number;
    finite[i] = Number.isFinite(value) ? value : Number.NaN;
  }
  return finite.fill(Number.NaN, given);
}

/** Both arms with only the points where each has a value. */
export function pairedArms({ control, experiment }: Arms): Arms {
  return { control: whereBoth(control, experiment), experiment: whereBoth(experiment, control) };
}

function whereBoth(values: Float64Array, others: Float64Array): Float64Array {
  const both = new Float64Array(values.length);
  for (let i = 0; i < both.length; i++) both[i] = Number.isNaN(others[i]) ? Number.NaN : (values[i] as number);
  return both;
}

export function countPoints({ control, experiment }: Arms): PointCounts {
  let pairs = 0;
  for (let i = 0; i < control.length; i++)
    if (!Number.isNaN((control[i] as number) + (experiment[i] as number))) pairs++;
  return { control: countPresent(control), experiment: countPresent(experiment), pairs };
}

/** How many values are not NaN, from place `from` on, up to before place `to`. */
export function countPresent(values: ArrayLike<number>, from = 0, to = values.length): number {
  let count = 0;
  for (let i = from; i < to; i++) if (!Number.isNaN(values[i])) count++;
  return count;
}
