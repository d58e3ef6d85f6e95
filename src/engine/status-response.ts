import type { CanaryConfig } from '../domain/canary-config.ts';
import {
  type CanaryExecution,
  type CanaryExecutionStatusResponse,
  EXECUTION_STATUS,
} from '../domain/canary-execution.ts';
import { toInstant } from '../domain/instant.ts';

/** A run as it is answered. */
export function toStatusResponse(execution: CanaryExecution): CanaryExecutionStatusResponse {
  const { exception, result, parentPipelineExecutionId, metricSetPairListId, configurationAccountName } = execution;
  return {
    application: execution.application,
    ...(parentPipelineExecutionId === undefined ? {} : { parentPipelineExecutionId }),
    pipelineId: execution.id,
    stageStatus: execution.stageStatus,
    complete: EXECUTION_STATUS[execution.status].complete,
    status: execution.status,
    ...(exception === undefined ? {} : { exception }),
    ...(result === undefined ? {} : { result }),
    config: normalized(execution.config),
    canaryConfigId: execution.canaryConfigId,
    canaryExecutionRequest: execution.request,
    ...(metricSetPairListId === undefined ? {} : { metricSetPairListId }),
    buildTimeMillis: execution.buildTime,
    buildTimeIso: toInstant(execution.buildTime),
    ...(execution.startTime === undefined
      ? {}
      : { startTimeMillis: execution.startTime, startTimeIso: toInstant(execution.startTime) }),
    ...(execution.endTime === undefined || execution.startTime === undefined
      ? {}
      : { endTimeMillis: execution.endTime, endTimeIso: toInstant(execution.endTime) }),
    storageAccountName: execution.storageAccountName,
    metricsAccountName: execution.metricsAccountName,
    ...(configurationAccountName === undefined ? {} : { configurationAccountName }),
  };
}

/** Lists and maps that were absent are empty: viewers read them without a guard. */
function normalized(config: CanaryConfig): CanaryConfig {
  return {
    ...config,
    applications: config.applications ?? [],
    templates: config.templates ?? {},
    metrics: (config.metrics ?? []).map((metric) => ({
      ...metric,
      groups: metric.groups ?? [],
      analysisConfigurations: metric.analysisConfigurations ?? {},
    })),
  };
}
