import {
  type CanaryExecution,
  type CanaryExecutionStatusResponse,
  EXECUTION_STATUS,
} from '../../domain/canary-execution.ts';
import type { ExecutionStore, ObjectKey } from '../../domain/stores.ts';
import { instantMillis } from '../../domain/values/instant.ts';
import { CanaryError } from '../../errors.ts';
import type { Accounts } from '../accounts.ts';

/** A run as a client brings it: what it leaves out is filled in. */
export type ArchivedRun = {
  [Field in keyof CanaryExecutionStatusResponse]?: CanaryExecutionStatusResponse[Field] | undefined;
};

interface CanaryResultArchiveOptions {
  readonly store: ExecutionStore;
  readonly newExecutionId: () => string;
  readonly now: () => number;
  readonly accounts: Accounts;
}

/** The runs that have ended: Haldane's own, and those brought from elsewhere. They are one collection. */
export class CanaryResultArchive {
  readonly #options: CanaryResultArchiveOptions;

  constructor(options: CanaryResultArchiveOptions) {
    this.#options = options;
  }

  keys(): Promise<ObjectKey[]> {
    return this.#options.store.endedKeys();
  }

  /** @throws CanaryError OBJECT_NOT_FOUND when there is none, or it has not ended */
  async get(id: string): Promise<CanaryExecution> {
    const execution = await this.#options.store.get(id);
    if (execution !== undefined && EXECUTION_STATUS[execution.status].complete) return execution;
    throw new CanaryError('OBJECT_NOT_FOUND', `No such archived canary result: '${id}'.`);
  }

  /** @returns the id. @throws CanaryError OBJECT_EXISTS */
  async create(id: string | undefined, run: ArchivedRun): Promise<string> {
    const { store, newExecutionId } = this.#options;
    const execution = this.#toExecution(id || run.pipelineId || newExecutionId(), run);
    if ((await store.get(execution.id)) !== undefined) {
      throw new CanaryError('OBJECT_EXISTS', `The canary result '${execution.id}' already exists; PUT replaces it.`);
    }
    await store.create(execution);
    return execution.id;
  }

  /** @throws CanaryError OBJECT_MISSING */
  async replace(id: string, run: ArchivedRun): Promise<string> {
    await this.#mustExist(id);
    await this.#options.store.replace(this.#toExecution(id, run));
    return id;
  }

  /** @throws CanaryError OBJECT_MISSING */
  async delete(id: string): Promise<void> {
    await this.#mustExist(id);
    await this.#options.store.delete(id);
  }

  async #mustExist(id: string): Promise<void> {
    const execution = await this.#options.store.get(id);
    if (execution !== undefined && EXECUTION_STATUS[execution.status].complete) return;
    throw new CanaryError('OBJECT_MISSING', `The archived canary result '${id}' does not exist.`);
  }

  #toExecution(id: string, run: ArchivedRun): CanaryExecution {
    const status = run.status ?? (run.result === undefined ? 'terminal' : 'succeeded');
    if (!EXECUTION_STATUS[status].complete) {
      throw new CanaryError(
        'REQUEST_INVALID',
        `status: '${status}' is not an end; the archive holds runs that have ended`,
      );
    }
    return {
      id,
      status,
      storageAccountName: run.storageAccountName ?? this.#options.accounts.storage(undefined, 'OBJECT_STORE'),
      metricsAccountName: run.metricsAccountName ?? '',
      configurationAccountName: run.configurationAccountName,
      parentPipelineExecutionId: run.parentPipelineExecutionId,
      exception: run.exception,
      result: run.result,
      metricSetPairListId: run.metricSetPairListId,
      application: run.application ?? 'ad-hoc',
      canaryConfigId: run.canaryConfigId ?? 'ad-hoc',
      config: run.config ?? {},
      request: run.canaryExecutionRequest ?? {},
      stageStatus: run.stageStatus ?? {},
      buildTime: timeOf(run.buildTimeMillis, run.buildTimeIso) ?? this.#options.now(),
      startTime: timeOf(run.startTimeMillis, run.startTimeIso),
      endTime: timeOf(run.endTimeMillis, run.endTimeIso),
    };
  }
}

function timeOf(millis: number | undefined, iso: string | undefined): number | undefined {
  if (millis !== undefined) return millis;
  const read = iso === undefined ? Number.NaN : instantMillis(iso);
  return Number.isNaN(read) ? undefined : read;
}
