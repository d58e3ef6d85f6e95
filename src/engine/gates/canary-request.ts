import type { CanaryClassifierThresholdsConfig, CanaryConfig } from '../../domain/canary-config.ts';
import type { CanaryExecutionRequest } from '../../domain/canary-execution-request.ts';
import type { GateCanary } from '../../domain/gate.ts';
import { toInstant } from '../../domain/values/instant.ts';
import { CanaryError } from '../../errors.ts';

export interface GateWindow {
  readonly startMillis: number;
  readonly endMillis: number;
}

const PROBE_MILLIS = 600_000;
/** Seconds between points where a tool does not say. */
export const DEFAULT_STEP_SECONDS = 60;

/** A window that could be judged now, to find out what would be refused. */
export function probeWindow(nowMillis: number): GateWindow {
  return { startMillis: nowMillis - PROBE_MILLIS, endMillis: nowMillis };
}

/** The request of a run: one pair of scopes for all the scope names of the config. @throws CanaryError REQUEST_INVALID */
export function canaryRequest(config: CanaryConfig, canary: GateCanary, window: GateWindow): CanaryExecutionRequest {
  const times = { start: toInstant(window.startMillis), end: toInstant(window.endMillis) };
  const step = { step: canary.step ?? DEFAULT_STEP_SECONDS };
  const common = { ...times, ...step, extendedScopeParams: { ...canary.extendedScopeParams } };
  const pair = {
    controlScope: { scope: canary.controlScope, ...locationOf(canary.controlLocation), ...common },
    experimentScope: { scope: canary.experimentScope, ...locationOf(canary.experimentLocation), ...common },
  };
  const names = new Set((config.metrics ?? []).map(({ scopeName }) => scopeName || 'default'));
  return {
    scopes: Object.fromEntries([...names].map((name) => [name, pair])),
    thresholds: thresholdsOf(config, canary),
  };
}

function locationOf(location: string | undefined): { location?: string } {
  return location === undefined ? {} : { location };
}

/** A run has thresholds; those that a config was stored with count only here, where nobody names others. */
function thresholdsOf(config: CanaryConfig, { thresholds }: GateCanary): CanaryClassifierThresholdsConfig {
  const { scoreThresholds } = config.classifier ?? {};
  const pass = thresholds?.pass ?? scoreThresholds?.pass;
  const marginal = thresholds?.marginal ?? scoreThresholds?.marginal;
  if (pass !== undefined && marginal !== undefined) return { pass, marginal };
  throw new CanaryError(
    'REQUEST_INVALID',
    `thresholds: neither the call nor the config says which score passes; send pass and marginal, such as 95 and 75, ` +
      `or give the config classifier.scoreThresholds.`,
  );
}
