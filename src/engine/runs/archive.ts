import { type CanaryExecutionStatusResponse, EXECUTION_STATUS, type Run } from '../../domain/run.ts';
import type { ObjectKey, RunStore } from '../../domain/stores.ts';
import { instantMillis } from '../../domain/values/instant.ts';
import { CanaryError } from '../../errors.ts';
import type { Accounts } from '../accounts.ts';

/** A run from a client; absent fields are filled in. */
export type ArchivedRun = {
  [Field in keyof CanaryExecutionStatusResponse]?: CanaryExecutionStatusResponse[Field] | undefined;
};

interface RunArchiveOptions {
  readonly store: RunStore;
  readonly newRunId: () => string;
  readonly now: () => number;
  readonly accounts: Accounts;
}

/** Ended runs, Haldane's own and imported ones, as one collection. */
export class RunArchive {
  readonly #options: RunArchiveOptions;

  constructor(options: RunArchiveOptions) {
    this.#options = options;
  }

  keys(): Promise<ObjectKey[]> {
    return this.#options.store.endedKeys();
  }

  /** @throws CanaryError OBJECT_NOT_FOUND when there is none, or it has not ended */
  async get(id: string): Promise<Run> {
    const run = await this.#options.store.get(id);
    if (run !== undefined && EXECUTION_STATUS[run.status].complete) return run;
    throw new CanaryError('OBJECT_NOT_FOUND', `No such archived canary result: '${id}'.`);
  }

  /** @returns the id. @throws CanaryError OBJECT_EXISTS */
  async create(id: string | undefined, archived: ArchivedRun): Promise<string> {
    const { store, newRunId } = this.#options;
    const run = this.#toRun(id || archived.pipelineId || newRunId(), archived);
    if ((await store.get(run.id)) !== undefined) {
      throw new CanaryError('OBJECT_EXISTS', `The canary result '${run.id}' already exists; PUT replaces it.`);
    }
    await store.create(run);
    return run.id;
  }

  /** @throws CanaryError OBJECT_MISSING */
  async replace(id: string, run: ArchivedRun): Promise<string> {
    await this.#mustExist(id);
    await this.#options.store.replace(this.#toRun(id, run));
    return id;
  }

  /** @throws CanaryError OBJECT_MISSING */
  async delete(id: string): Promise<void> {
    await this.#mustExist(id);
    await this.#options.store.delete(id);
  }

  async #mustExist(id: string): Promise<void> {
    const run = await this.#options.store.get(id);
    if (run !== undefined && EXECUTION_STATUS[run.status].complete) return;
    throw new CanaryError('OBJECT_MISSING', `The archived canary result '${id}' does not exist.`);
  }

  #toRun(id: string, run: ArchivedRun): Run {
    const status = run.status ?? (run.result === undefined ? 'terminal' : 'succeeded');
    if (!EXECUTION_STATUS[status].complete) {
      throw new CanaryError(
        'REQUEST_INVALID',
        `status: '${status}' is not a final status; the archive only holds runs that have ended`,
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
      warnings: run.warnings,
      partial: run.partial,
      buildTime: timeOf(run.buildTimeMillis, run.buildTimeIso) ?? this.#options.now(),
      startTime: timeOf(run.startTimeMillis, run.startTimeIso),
      endTime: timeOf(run.endTimeMillis, run.endTimeIso),
      importedAt: this.#options.now(),
    };
  }
}

function timeOf(millis: number | undefined, iso: string | undefined): number | undefined {
  if (millis !== undefined) return millis;
  const read = iso === undefined ? Number.NaN : instantMillis(iso);
  return Number.isNaN(read) ? undefined : read;
}
