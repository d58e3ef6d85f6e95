import type { CanaryConfig } from '../domain/canary-config.ts';
import type { CanaryExecutionRequest } from '../domain/canary-execution-request.ts';
import type { CanaryScope } from '../domain/canary-scope.ts';
import { hasInstant, instantMillis } from '../domain/values/instant.ts';
import { CanaryError } from '../errors.ts';

/** How large a run may be: `limits` in the configuration. */
export interface SizeLimits {
  readonly metricsPerRun: number;
  readonly pointsPerRun: number;
}

/** @throws CanaryError REQUEST_TOO_LARGE */
export function checkMetricCount({ metrics = [] }: CanaryConfig, limits: SizeLimits): void {
  refuseAbove(limits, 'metricsPerRun', metrics.length);
}

/**
 * Refuses more metrics, or more points, than a run may have: for each metric and side as many points as the window has
 * steps. What a query answers, such as several series, is not known yet.
 *
 * @throws CanaryError REQUEST_TOO_LARGE
 */
export function checkRunSize(
  config: CanaryConfig,
  { scopes = {}, baseline }: CanaryExecutionRequest,
  limits: SizeLimits,
): void {
  checkMetricCount(config, limits);
  const earlier = (name: string) =>
    (baseline?.windows ?? []).slice(1).reduce((sum, window) => sum + stepsOf(window.scopes[name]), 0);
  const sizes = new Map(
    Object.entries(scopes).map(([name, { controlScope, experimentScope }]) => [
      name,
      stepsOf(controlScope) + stepsOf(experimentScope) + earlier(name),
    ]),
  );
  const points = (config.metrics ?? []).reduce((sum, { scopeName }) => sum + (sizes.get(scopeName ?? '') ?? 0), 0);
  refuseAbove(limits, 'pointsPerRun', points);
}

/**
 * Counts what the queries of a run are answered: a query may have several series.
 *
 * @returns to be called with each answer; throws CanaryError METRICS_LIMIT_EXCEEDED
 */
export function countAnswered({ pointsPerRun: most }: Pick<SizeLimits, 'pointsPerRun'>) {
  let points = 0;
  return (sets: readonly { readonly values: readonly number[] }[]): void => {
    points += sets.reduce((sum, { values }) => sum + values.length, 0);
    if (points <= most) return;
    throw new CanaryError(
      'METRICS_LIMIT_EXCEEDED',
      `The queries answered ${points} points so far, more than the ${most} of a run: they have many series. Aggregate, ` +
        'group by fewer labels, use a longer step or a shorter window, or raise limits.pointsPerRun in the configuration.',
    );
  };
}

interface Pair {
  readonly name?: unknown;
  /** of both sides; or of one */
  readonly values?: unknown;
}

/** The same of series that were sent or stored. @throws CanaryError REQUEST_TOO_LARGE */
export function checkSeriesSize(series: readonly Pair[], limits: SizeLimits): void {
  refuseAbove(limits, 'metricsPerRun', new Set(series.map((pair) => pair?.name)).size);
  refuseAbove(
    limits,
    'pointsPerRun',
    series.reduce((sum, pair) => sum + pointsOf(pair?.values), 0),
  );
}

function pointsOf(values: unknown): number {
  if (Array.isArray(values)) return values.length;
  if (typeof values !== 'object' || values === null) return 0;
  return Object.values(values).reduce((sum: number, side) => sum + (Array.isArray(side) ? side.length : 0), 0);
}

const EXCESS = {
  metricsPerRun: { unit: 'metrics', remedy: 'split the config' },
  pointsPerRun: {
    unit: 'points (metrics times steps of the window, both sides)',
    remedy: 'use a longer step, a shorter window or fewer metrics',
  },
} as const satisfies Record<keyof SizeLimits, object>;

function refuseAbove(limits: SizeLimits, name: keyof SizeLimits, value: number): void {
  const most = limits[name];
  if (value <= most) return;
  const { unit, remedy } = EXCESS[name];
  throw new CanaryError(
    'REQUEST_TOO_LARGE',
    `${value} ${unit} are more than the limit of ${most}; ${remedy}, or raise limits.${name} in the configuration.`,
    { details: [{ limit: `limits.${name}`, value, most }] },
  );
}

function stepsOf({ start, end, step = 0 }: CanaryScope = {}): number {
  if (start === undefined || end === undefined || step <= 0 || !hasInstant(instantMillis(start))) return 0;
  return Math.max(0, Math.ceil((instantMillis(end) - instantMillis(start)) / (step * 1000)));
}
