import type { CanaryConfig } from '../domain/canary-config.ts';
import type { CanaryExecutionRequest } from '../domain/canary-execution-request.ts';
import type { SingleQuery } from '../engine/fetching/metric-explorer.ts';
import { CanaryError } from '../errors.ts';
import type { Drawn, Tried } from '../web/configs/tried.ts';
import type { FieldErrors, TryValues } from '../web/configs/try-values.ts';
import { toExecutionRequest } from '../web/configs/try-values.ts';
import { onlyMetric } from './only-metric.ts';
import type { Service } from './service.ts';

export interface TryOutcome {
  readonly tried?: Tried | undefined;
  readonly errors: FieldErrors;
}

/** Shows the queries of a config for what was written, and draws the series of the metric `draw`, a number from 0. */
export async function tryConfig(
  { metricExplorer }: Service,
  { config, values, draw }: { config: CanaryConfig; values: TryValues; draw: string | undefined },
  signal: AbortSignal,
): Promise<TryOutcome> {
  const { request, errors } = toExecutionRequest(values);
  if (errors.size > 0) return { errors };
  const asked = { config, request, metricsAccountName: accountOf(values) };
  try {
    const previews = metricExplorer.preview(asked);
    const drawn = draw === undefined ? undefined : await drawMetric(metricExplorer, asked, Number(draw), signal);
    return { tried: { config, previews, drawn }, errors };
  } catch (error) {
    return { errors: asFieldErrors(error) };
  }
}

/** What keeps a form from being done, for the form as a whole. Anything that is not our refusal is thrown on. */
export function asFieldErrors(error: unknown): FieldErrors {
  if (error instanceof CanaryError && error.status < 500) return new Map([['', error.message]]);
  throw error;
}

export function accountOf({ account }: TryValues): string | undefined {
  return account === '' ? undefined : account;
}

/** A store that refuses or cannot be reached is told of where the series would be. */
async function drawMetric(
  metricExplorer: Service['metricExplorer'],
  asked: SingleQuery & { readonly request: CanaryExecutionRequest },
  index: number,
  signal: AbortSignal,
): Promise<Drawn> {
  try {
    return { index, pairs: await metricExplorer.pairs(onlyMetric(asked, index), signal) };
  } catch (error) {
    if (error instanceof CanaryError && error.code !== 'INTERNAL') return { index, pairs: [], problem: error.message };
    throw error;
  }
}
