import {
  type CanaryExecution,
  type CanaryExecutionStatusResponse,
  EXECUTION_STATUS,
} from '../../domain/canary-execution.ts';
import { toInstant } from '../../domain/values/instant.ts';
import { toCallbackResponse } from './callback.ts';
import { normalizedConfig } from './normalized-config.ts';

/** A run as it is answered. */
export function toStatusResponse(execution: CanaryExecution): CanaryExecutionStatusResponse {
  const { exception, result, parentPipelineExecutionId, metricSetPairListId, configurationAccountName } = execution;
  const fetchReport = execution.fetches ?? [];
  return {
    application: execution.application,
    ...(parentPipelineExecutionId === undefined ? {} : { parentPipelineExecutionId }),
    pipelineId: execution.id,
    stageStatus: execution.stageStatus,
    complete: EXECUTION_STATUS[execution.status].complete,
    status: execution.status,
    ...(exception === undefined ? {} : { exception }),
    ...(result === undefined ? {} : { result }),
    config: normalizedConfig(execution.config),
    canaryConfigId: execution.canaryConfigId,
    canaryExecutionRequest: execution.request,
    ...(metricSetPairListId === undefined ? {} : { metricSetPairListId }),
    ...(fetchReport.length === 0 ? {} : { fetchReport: [...fetchReport] }),
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
    ...(execution.callback === undefined ? {} : { callback: toCallbackResponse(execution.callback) }),
  };
}
