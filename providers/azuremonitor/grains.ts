/** Azure Monitor's intervals, in milliseconds. */
export const GRAIN_MILLIS = {
  PT1M: 60_000,
  PT5M: 300_000,
  PT15M: 900_000,
  PT30M: 1_800_000,
  PT1H: 3_600_000,
  PT6H: 21_600_000,
  PT12H: 43_200_000,
  P1D: 86_400_000,
} as const;

export type Grain = keyof typeof GRAIN_MILLIS;

/** The largest that divides a step; the smallest when none does. */
export function grainFor(stepMillis: number): Grain {
  const fitting = (Object.keys(GRAIN_MILLIS) as Grain[]).filter((grain) => stepMillis % GRAIN_MILLIS[grain] === 0);
  return fitting.at(-1) ?? 'PT1M';
}

/** The shortest step that is at least the requested one and a multiple of a grain. */
export function stepOfGrains(stepMillis: number, grainMillis: number): number {
  return Math.ceil(stepMillis / grainMillis) * grainMillis;
}

const DURATION = /^P(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,4})M)?(?:(\d{1,4})S)?)?$/;

/** Parses an ISO 8601 duration of days, hours, minutes and seconds; undefined for anything else. */
export function durationMillis(text: string | null | undefined): number | undefined {
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = DURATION.exec(text ?? '') ?? [];
  const total = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
  return total > 0 ? total * 1000 : undefined;
}
