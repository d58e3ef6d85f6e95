import type { GateCanary } from '../../domain/gate.ts';
import type { StartRun } from '../runs/runs.ts';
import { canaryRequest, type GateWindow } from './canary-request.ts';
import type { FoundConfig } from './find-config.ts';

/** The config of an ask, and the application it is judged for. */
export interface AdmittedConfig extends FoundConfig {
  readonly application: string;
}

/** How to start a judgement: as every other run. @throws CanaryError REQUEST_INVALID */
export function judgementStart({ id, config, application }: AdmittedConfig, canary: GateCanary, window: GateWindow) {
  const { metricsAccountName, callbackUrl } = canary;
  const request = canaryRequest(config, canary, window);
  return { canaryConfigId: id, config, request, application, metricsAccountName, callbackUrl } satisfies StartRun;
}
