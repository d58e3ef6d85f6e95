/** Two series on one grid of points in time; NaN where a value is absent. */
export interface Arms {
  readonly control: readonly number[];
  readonly experiment: readonly number[];
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

function finiteValues(values: ArrayLike<number>, length: number): readonly number[] {
  const finite = new Array<number>(length);
  for (let i = 0; i < length; i++) {
    const value = values[i] ?? Number.NaN;
    finite[i] = Number.isFinite(value) ? value : Number.NaN;
  }
  return finite;
}

/** Both arms with only the points where each has a value. */
export function pairedArms({ control, experiment }: Arms): Arms {
  return {
    control: control.map((value, i) => (Number.isNaN(experiment[i]) ? Number.NaN : value)),
    experiment: experiment.map((value, i) => (Number.isNaN(control[i]) ? Number.NaN : value)),
  };
}

export function countPoints({ control, experiment }: Arms): PointCounts {
  let pairs = 0;
  for (let i = 0; i < control.length; i++)
    if (!Number.isNaN((control[i] as number) + (experiment[i] as number))) pairs++;
  return { control: countPresent(control), experiment: countPresent(experiment), pairs };
}

/** How many values are not NaN, from place `from` on, up to before place `to`. */
export function countPresent(values: readonly number[], from = 0, to = values.length): number {
  let count = 0;
  for (let i = from; i < to; i++) if (!Number.isNaN(values[i])) count++;
  return count;
}
