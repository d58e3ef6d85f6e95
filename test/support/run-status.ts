const STAGES = [
  'setupContext',
  'fetchControl0',
  'fetchControl1',
  'fetchExperiment0',
  'fetchExperiment1',
  'mixMetrics',
  'judge',
];
const ALWAYS = [
  'application',
  'buildTimeIso',
  'buildTimeMillis',
  'canaryConfigId',
  'canaryExecutionRequest',
  'complete',
  'config',
  'metricsAccountName',
  'pipelineId',
  'stageStatus',
  'status',
  'storageAccountName',
];
export const STARTED = ['startTimeIso', 'startTimeMillis'];
export const ENDED = ['endTimeIso', 'endTimeMillis'];
const SOMETIMES = [
  'configurationAccountName',
  'exception',
  'metricSetPairListId',
  'parentPipelineExecutionId',
  'result',
];
const KAYENTAS = new Set([...ALWAYS, ...STARTED, ...ENDED, ...SOMETIMES]);

/** The stages of a run of two metrics, all with one status except those given. */
export function stagesOf(status: string, others: Record<string, string> = {}): Record<string, string> {
  return { ...Object.fromEntries(STAGES.map((stage) => [stage, status])), ...others };
}

/** Kayenta's fields of a status; ours has more. */
export function fieldsOf(status: object): string[] {
  return Object.keys(status)
    .filter((field) => KAYENTAS.has(field))
    .sort();
}

/** The fields of every status, plus the given ones. */
export function fieldsWith(...more: readonly (readonly string[])[]): string[] {
  return [...ALWAYS, ...more.flat()].sort();
}

/** Polls like a client, without a pause. */
export async function untilComplete<T extends { complete: boolean }>(read: () => Promise<T>): Promise<T> {
  for (;;) {
    const status = await read();
    if (status.complete) return status;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
