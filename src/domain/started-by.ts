import type { CanaryConfig } from './canary-config.ts';

/** What a run and an analysis keep of their start. */
export interface StartedBy {
  readonly application: string;
  readonly parentPipelineExecutionId?: string | undefined;
  readonly config: CanaryConfig;
  readonly canaryConfigId?: string | undefined;
  readonly storageAccountName: string;
  readonly metricsAccountName: string;
  readonly configurationAccountName?: string | undefined;
}

/** What a run and an analysis are started with. An account that is absent is the first of its kind. */
export interface Start extends Omit<StartedBy, 'storageAccountName' | 'metricsAccountName'> {
  /** chosen by the caller; a new one when absent */
  readonly id?: string | undefined;
  readonly storageAccountName?: string | undefined;
  readonly metricsAccountName?: string | undefined;
  /** notified of the end */
  readonly callbackUrl?: string | undefined;
}
