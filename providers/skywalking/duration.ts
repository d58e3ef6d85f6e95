import { type Grid, type Part, partsOf } from '../shared/series/grid.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** SkyWalking's units, finest last: length and time format. */
const UNITS = [
  { step: 'DAY', millis: DAY, text: (iso: string) => iso.slice(0, 10) },
  { step: 'HOUR', millis: HOUR, text: (iso: string) => iso.slice(0, 13).replace('T', ' ') },
  { step: 'MINUTE', millis: MINUTE, text: (iso: string) => iso.slice(0, 16).replace('T', ' ').replace(':', '') },
] as const;
type Unit = (typeof UNITS)[number];

/** The server rejects more than 500 units after the first. */
const MOST_UNITS = 500;

/** The chunk of one request. Both ends are inclusive. */
export interface DurationPart {
  readonly startMillis: number;
  readonly unitMillis: number;
  /** units from the first to the last */
  readonly count: number;
  readonly duration: { readonly start: string; readonly end: string; readonly step: Unit['step'] };
}

/** SkyWalking's shortest unit. */
export const SHORTEST_UNIT_MILLIS = MINUTE;

/**
 * The window in the longest units that fit its start and its step.
 *
 * @param offsetMillis the server's offset from UTC; it formats and aligns time by it
 */
export function durationParts({ startMillis, endMillis, stepMillis }: Grid, offsetMillis: number): DurationPart[] {
  const localStart = startMillis + offsetMillis;
  const unit = UNITS.find(({ millis }) => localStart % millis === 0 && stepMillis % millis === 0) ?? UNITS[2];
  // A unit that started before the window is not part of it.
  const first = Math.ceil(localStart / unit.millis) * unit.millis - offsetMillis;
  const size = Math.max(0, Math.ceil((endMillis - first) / unit.millis));
  const units = { startMillis: first, endMillis, stepMillis: unit.millis, size };
  return partsOf(units, unitsAQuestion(size)).map((part) => toDuration(part, unit, offsetMillis));
}

/** The server cannot answer for a single unit, so no chunk may consist of one. */
function unitsAQuestion(size: number): number {
  let most = MOST_UNITS;
  while (size % most === 1 && size > 1) most--;
  return most;
}

function toDuration({ startMillis, size }: Part, { millis, step, text }: Unit, offsetMillis: number): DurationPart {
  const count = Math.max(2, size);
  // The unit before the window is dropped when the answer is read.
  const start = size === 1 ? startMillis - millis : startMillis;
  const textOf = (moment: number) => text(new Date(moment + offsetMillis).toISOString());
  return {
    startMillis: start,
    unitMillis: millis,
    count,
    duration: { start: textOf(start), end: textOf(start + (count - 1) * millis), step },
  };
}
