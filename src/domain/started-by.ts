import type { CanaryConfig } from './canary-config.ts';
import type { TraceHeaders } from './trace-headers.ts';

/** What a run and an analysis store about their start. */
export interface StartedBy {
  readonly application: string;
  readonly parentPipelineExecutionId?: string | undefined;
  readonly config: CanaryConfig;
  readonly canaryConfigId?: string | undefined;
  readonly storageAccountName: string;
  readonly metricsAccountName: string;
  readonly configurationAccountName?: string | undefined;
  /** what is odd about its config and its request, a sentence each */
  readonly warnings?: readonly string[] | undefined;
  /** the trace it is part of; absent: none */
  readonly trace?: TraceHeaders | undefined;
}

/** What starts a run or an analysis. An absent account means the first of its kind. */
export interface Start extends Omit<StartedBy, 'storageAccountName' | 'metricsAccountName'> {
  /** chosen by the caller; a new one when absent */
  readonly id?: string | undefined;
  readonly storageAccountName?: string | undefined;
  readonly metricsAccountName?: string | undefined;
  /** notified of the end */
  readonly callbackUrl?: string | undefined;
}
