import { SIDES, type Side } from '../domain/canary-scope.ts';
import type { MetricSetPair } from '../domain/metric-set-pair.ts';
import type { CanaryExecutionStatusResponse } from '../domain/run.ts';
import { instantMillis } from '../domain/values/instant.ts';
import { count, formatTime } from './format.ts';

/** Points of scopes without a step are this far apart, in seconds. */
const DEFAULT_STEP = 60;
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
  /** points of the metric that has most; undefined: nobody counted them */
  readonly points: number | undefined;
  readonly expected: number;
}

/**
 * That the window had not ended when the run judged it, and on how many points: "The window had not ended: judged on 17
 * of 732 expected points."; undefined for every other run.
 *
 * @param pairs the judged series; empty when they are deleted
 */
export function partialInWords(
  run: CanaryExecutionStatusResponse,
  pairs: readonly MetricSetPair[],
): string | undefined {
  if (run.partial !== true) return undefined;
  if (run.result === undefined) return 'The window has not ended; what there is of it is judged.';
  const sides = SIDES.flatMap((side) => leastComplete(openSides(run, pairs, side)));
  const texts = [...new Set(sides.map(amount))];
  if (sides.length === 0) return undefined;
  if (sides.length === SIDES.length && texts.length === 1) return `The window had not ended: judged on ${texts[0]}.`;
  const named = sides.map((side) => `${amount(side)} of the ${SIDE_NAMES[side.side]}`).join(' and ');
  return `The window had not ended: judged on ${named}.`;
}

function amount({ points, expected }: OpenSide): string {
  const all = count(expected, 'expected point');
  return points === undefined ? `a part of ${all}` : `${points} of ${all}`;
}

/** The windows of one side that had not ended when the run began. */
function openSides(run: CanaryExecutionStatusResponse, pairs: readonly MetricSetPair[], side: Side): OpenSide[] {
  const begunMillis = run.startTimeMillis ?? run.buildTimeMillis;
  return Object.entries(run.canaryExecutionRequest.scopes ?? {}).flatMap(([name, pair]) => {
    const { start, end, step = 0 } = pair[`${side}Scope`] ?? {};
    if (start === undefined || end === undefined || instantMillis(end) <= begunMillis) return [];
    const pointsUntil = (millis: number) =>
      Math.ceil((millis - instantMillis(start)) / ((step || DEFAULT_STEP) * 1000));
    const most = mostPoints(run, pairs, { scopeName: name, side });
    // A missing value may be counted as 0, in the part of the window that has not been yet, too.
    const points = most === undefined ? undefined : Math.min(most, Math.max(0, pointsUntil(begunMillis)));
    return [{ side, points, expected: pointsUntil(instantMillis(end)) }];
  });
}

interface ScopeSide {
  readonly scopeName: string;
  readonly side: Side;
}

/** Of the series, or else as the judge counted them. */
function mostPoints(
  { config, result }: CanaryExecutionStatusResponse,
  pairs: readonly MetricSetPair[],
  { scopeName, side }: ScopeSide,
): number | undefined {
  const metrics = (config.metrics ?? []).filter((metric) => metric.scopeName === scopeName);
  const own = new Set(metrics.map(({ name }) => name));
  const present = pairs
    .filter(({ name }) => own.has(name))
    .map(({ values }) => (values[side] ?? []).filter((value) => !Number.isNaN(value)).length);
  const judged = (result?.judgeResult.results ?? [])
    .filter(({ name }) => own.has(name))
    .flatMap((metric) => metric[`${side}Metadata`]?.stats.count ?? []);
  const counts = present.length > 0 ? present : judged;
  return counts.length === 0 ? undefined : Math.max(...counts);
}

function leastComplete(sides: readonly OpenSide[]): OpenSide[] {
  const share = ({ points = 0, expected }: OpenSide) => points / expected;
  return sides.toSorted((one, other) => share(one) - share(other)).slice(0, 1);
}
