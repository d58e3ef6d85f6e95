import { SIDES, type Side } from '../domain/canary-scope.ts';
import type { CanaryExecutionStatusResponse } from '../domain/run.ts';
import { instantMillis } from '../domain/values/instant.ts';
import { count, formatTime } from './format.ts';

const SIDE_NAMES: Readonly<Record<Side, string>> = { control: 'baseline', experiment: 'canary' };

/** "waits until 2026-01-01 12:05 UTC for the window to end" */
export function windowWaitInWords(waitsUntilMillis: number): string {
  return `waits until ${formatTime(waitsUntilMillis)} for the window to end`;
}

/** For the start's answer: what happens, and what the other choice is. */
export function windowWaitSentence(waitsUntilMillis: number): string {
  return `The run ${windowWaitInWords(waitsUntilMillis)}; with partial=true it judges at once what there is.`;
}

interface OpenSide {
  readonly side: Side;
  /** points of the metric that has most; undefined: the judge did not count them */
  readonly points: number | undefined;
  readonly expected: number;
}

/**
 * That the window had not ended when the run judged it, and on how many points: "The window had not ended: judged on 17
 * of 732 expected points."; undefined for every other run.
 */
export function partialInWords(run: CanaryExecutionStatusResponse): string | undefined {
  if (run.partial !== true) return undefined;
  if (run.result === undefined) return 'The window has not ended; what there is of it is judged.';
  const sides = SIDES.flatMap((side) => leastComplete(openSides(run, side)));
  const texts = [...new Set(sides.map(amount))];
  const [first, second] = sides;
  if (first === undefined) return undefined;
  if (second !== undefined && texts.length === 1) return `The window had not ended: judged on ${texts[0]}.`;
  const named = sides.map((side) => `${amount(side)} of the ${SIDE_NAMES[side.side]}`).join(' and ');
  return `The window had not ended: judged on ${named}.`;
}

function amount({ points, expected }: OpenSide): string {
  const all = count(expected, 'expected point');
  return points === undefined ? `a part of ${all}` : `${points} of ${all}`;
}

/** The windows of one side that had not ended when the run began. */
function openSides(run: CanaryExecutionStatusResponse, side: Side): OpenSide[] {
  const scopes = Object.entries(run.canaryExecutionRequest.scopes ?? {});
  return scopes.flatMap(([name, pair]) => {
    const { start, end, step = 0 } = pair[`${side}Scope`] ?? {};
    if (start === undefined || end === undefined) return [];
    if (instantMillis(end) <= (run.startTimeMillis ?? run.buildTimeMillis)) return [];
    const expected = Math.ceil((instantMillis(end) - instantMillis(start)) / ((step || DEFAULT_STEP) * 1000));
    return [{ side, points: mostPoints(run, name, side), expected }];
  });
}

/** Points of scopes without a step are this far apart, in seconds. */
const DEFAULT_STEP = 60;

function mostPoints({ config, result }: CanaryExecutionStatusResponse, scopeName: string, side: Side) {
  const own = new Set((config.metrics ?? []).filter((one) => one.scopeName === scopeName).map(({ name }) => name));
  const counts = (result?.judgeResult.results ?? [])
    .filter(({ name }) => own.has(name))
    .flatMap((metric) => metric[`${side}Metadata`]?.stats.count ?? []);
  return counts.length === 0 ? undefined : Math.max(...counts);
}

function leastComplete(sides: readonly OpenSide[]): OpenSide[] {
  const share = ({ points = 0, expected }: OpenSide) => points / expected;
  return sides.toSorted((one, other) => share(one) - share(other)).slice(0, 1);
}
