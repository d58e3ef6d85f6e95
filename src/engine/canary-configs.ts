import type { CanaryConfig, CanaryConfigSummary } from '../domain/canary-config.ts';
import { toInstant } from '../domain/instant.ts';
import type { CanaryConfigStore } from '../domain/stores.ts';
import { CanaryError } from '../errors.ts';
import { checkQueryType } from './query-types.ts';

interface CanaryConfigsOptions {
  readonly store: CanaryConfigStore;
  readonly now: () => number;
  readonly newId: () => string;
  /** types of the providers there are */
  readonly queryTypes: readonly string[];
}

/** Stored canary configs, with the rules of Kayenta for them. */
export class CanaryConfigs {
  readonly #options: CanaryConfigsOptions;

  constructor(options: CanaryConfigsOptions) {
    this.#options = options;
  }

  list(applications: readonly string[]): Promise<CanaryConfigSummary[]> {
    return this.#options.store.list(applications);
  }

  /** @throws CanaryError CANARY_CONFIG_NOT_FOUND */
  async get(id: string): Promise<CanaryConfig> {
    const config = await this.#options.store.get(id);
    if (config !== undefined) return config;
    throw new CanaryError('CANARY_CONFIG_NOT_FOUND', `No such canary config: '${id}'.`);
  }

  /** @returns the id */
  async create(config: CanaryConfig): Promise<string> {
    const { store, now, newId } = this.#options;
    this.#check(config);
    const id = config.id || newId();
    const createdTimestamp = config.createdTimestamp ?? now();
    await store.create({ ...stamped(config, createdTimestamp, config.updatedTimestamp ?? createdTimestamp), id });
    return id;
  }

  /** Replaces the whole config. @throws CanaryError CANARY_CONFIG_MISSING */
  async replace(id: string, config: CanaryConfig): Promise<string> {
    this.#check(config);
    const stored = { ...stamped(config, config.createdTimestamp, this.#options.now()), id: config.id || id };
    await this.#options.store.replace(id, stored);
    return id;
  }

  /** @throws CanaryError CANARY_CONFIG_MISSING */
  async delete(id: string): Promise<void> {
    if (await this.#options.store.delete(id)) return;
    throw new CanaryError('CANARY_CONFIG_MISSING', `Canary config '${id}' does not exist.`);
  }

  #check({ name, applications = [], metrics = [] }: CanaryConfig): void {
    if (!name) invalid('Canary config must specify a name.');
    if (applications.length === 0) invalid('Canary config must specify at least one application.');
    if (!/^[A-Za-z0-9_,-]*$/.test(name)) {
      invalid(
        `Canary config cannot be named '${name}'. Names must contain only letters, numbers, dashes (-) and underscores (_).`,
      );
    }
    const seen = new Set<string>();
    for (const metric of metrics) {
      checkQueryType(metric, this.#options.queryTypes);
      if (!metric.name) invalid('Metric config must specify a name.');
      if (seen.has(metric.name)) invalid(`Metric config name must be unique. '${metric.name}' is duplicated.`);
      seen.add(metric.name);
    }
  }
}

function stamped(config: CanaryConfig, createdTimestamp: number | undefined, updatedTimestamp: number): CanaryConfig {
  const { createdTimestampIso: _created, updatedTimestampIso: _updated, ...fields } = config;
  return {
    ...fields,
    ...(createdTimestamp === undefined ? {} : { createdTimestamp, createdTimestampIso: toInstant(createdTimestamp) }),
    updatedTimestamp,
    updatedTimestampIso: toInstant(updatedTimestamp),
  };
}

function invalid(message: string): never {
  throw new CanaryError('CANARY_CONFIG_INVALID', message);
}
