import { partialAnswers } from '../../domain/metric-fetch.ts';
import { type CanaryExecutionStatusResponse, EXECUTION_STATUS, type Run } from '../../domain/run.ts';
import { toInstant } from '../../domain/values/instant.ts';
import { reportWaiting } from '../../domain/waiting-report.ts';
import { toCallbackAnswer } from './callback.ts';
import { normalizedConfig } from './normalized-config.ts';
import { times } from './times.ts';

/** A run as the API returns it. */
export function toRunAnswer(run: Run): CanaryExecutionStatusResponse {
  const { exception, result, parentPipelineExecutionId, metricSetPairListId, configurationAccountName } = run;
  const fetchReport = run.fetches ?? [];
  const warnings = [...(run.warnings ?? []), ...partialAnswers(fetchReport)];
  const { complete } = EXECUTION_STATUS[run.status];
  const waiting = complete ? [] : reportWaiting(fetchReport);
  return {
    application: run.application,
    ...(parentPipelineExecutionId === undefined ? {} : { parentPipelineExecutionId }),
    pipelineId: run.id,
    canaryExecutionId: run.id,
    stageStatus: run.stageStatus,
    complete,
    status: run.status,
    ...(exception === undefined ? {} : { exception }),
    ...(warnings.length === 0 ? {} : { warnings }),
    ...(result === undefined ? {} : { result }),
    config: normalizedConfig(run.config),
    canaryConfigId: run.canaryConfigId,
    canaryExecutionRequest: run.request,
    ...(metricSetPairListId === undefined ? {} : { metricSetPairListId }),
    ...(fetchReport.length === 0 ? {} : { fetchReport: [...fetchReport] }),
    ...(waiting.length === 0 ? {} : { waiting }),
    buildTimeMillis: run.buildTime,
    buildTimeIso: toInstant(run.buildTime),
    ...(run.partial === true ? { partial: true } : {}),
    ...waitOf(run),
    ...times('start', run.startTime),
    ...times('end', run.startTime === undefined ? undefined : run.endTime),
    storageAccountName: run.storageAccountName,
    metricsAccountName: run.metricsAccountName,
    ...(configurationAccountName === undefined ? {} : { configurationAccountName }),
    ...(run.callback === undefined ? {} : { callback: toCallbackAnswer(run.callback) }),
    ...(run.deliveries === undefined ? {} : { deliveries: [...run.deliveries] }),
  };
}

/** Only of a run that waits: afterwards the times of its start and end matter. */
function waitOf({ status, waitsUntil }: Run): { waitsUntilMillis?: number; waitsUntilIso?: string } {
  if (status !== 'not_started' || waitsUntil === undefined) return {};
  return { waitsUntilMillis: waitsUntil, waitsUntilIso: toInstant(waitsUntil) };
}
