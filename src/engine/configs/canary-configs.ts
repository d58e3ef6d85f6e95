import type { CanaryConfig, CanaryConfigSummary } from '../../domain/canary-config.ts';
import type { CanaryExecutionRequest } from '../../domain/canary-execution-request.ts';
import type { ConfigProblem } from '../../domain/config-problem.ts';
import type { ConfigVersion } from '../../domain/config-version.ts';
import { problemOf } from '../../domain/lint-rules.ts';
import type { CanaryConfigStore } from '../../domain/stores.ts';
import { toInstant } from '../../domain/values/instant.ts';
import { CanaryError, messageOf } from '../../errors.ts';
import { checkMetricCount, type SizeLimits } from '../size-limits.ts';
import { type RunningParts, runningProblems } from './running-problems.ts';
import { type QueryTypes, savingProblems } from './saving-problems.ts';
import { type ScopeAdviceParts, scopeAdvice } from './scope-advice.ts';
import { stepAdvice } from './step-advice.ts';
import type { TemplatePacks } from './template-packs.ts';
import { unknownConfigKeys } from './unknown-config-keys.ts';

/** Of configs with one name. */
const MOST_IDS = 5;

interface CanaryConfigsOptions extends QueryTypes, RunningParts, ScopeAdviceParts {
  readonly store: CanaryConfigStore;
  readonly limits: SizeLimits;
  readonly now: () => number;
  readonly newId: () => string;
  readonly templatePacks: TemplatePacks;
}

/** A config with its template packs expanded, and its problems. */
export interface CheckedConfig {
  /** absent when it could not be parsed */
  readonly config?: CanaryConfig | undefined;
  readonly problems: readonly ConfigProblem[];
}

/** Stored canary configs, under Kayenta's rules. */
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
    throw new CanaryError('CANARY_CONFIG_NOT_FOUND', `No such canary config: '${id}'.${await this.#called(id)}`);
  }

  /** Newest first. @throws CanaryError CANARY_CONFIG_NOT_FOUND */
  async versions(id: string): Promise<ConfigVersion[]> {
    const versions = await this.#options.store.versions(id);
    if (versions.length === 0) await this.get(id);
    return versions;
  }

  /** As it was stored. @throws CanaryError CANARY_CONFIG_NOT_FOUND */
  async version(id: string, version: number): Promise<CanaryConfig> {
    const config = await this.#options.store.version(id, version);
    if (config !== undefined) return config;
    const kept = await this.versions(id);
    const [newest, oldest] = [kept.at(0)?.version, kept.at(-1)?.version];
    const message = `Canary config '${id}' has no version ${version}; there are ${oldest} to ${newest}.`;
    throw new CanaryError('CANARY_CONFIG_NOT_FOUND', message);
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
    throw new CanaryError('CANARY_CONFIG_MISSING', `Canary config '${id}' does not exist.${await this.#called(id)}`);
  }

  /** A name where an id belongs: the ids of the configs that are called so. */
  async #called(name: string): Promise<string> {
    const known = (await this.#options.store.list([])).filter((config) => config.name === name);
    if (known.length === 0) return '';
    const ids = known.slice(0, MOST_IDS).map(({ id, applications }) => `'${id}' (${applications.join(', ')})`);
    return ` That is the name of a config; use its id: ${ids.join(' or ')}.`;
  }

  /**
   * All problems that storing and running the config would hit. Stores nothing.
   *
   * @param sent the config before its schema left out what it does not know
   * @param request what a run of it would be started with, where that is known
   */
  async check(written: CanaryConfig, sent: unknown, request?: CanaryExecutionRequest): Promise<CheckedConfig> {
    try {
      const config = this.#options.templatePacks.expand(written);
      const tooLarge = this.#tooLarge(config);
      if (tooLarge !== undefined) return { config, problems: [tooLarge] };
      const running = [
        ...runningProblems(config, { ...this.#options, request }),
        ...scopeAdvice(config, this.#options, request),
        ...stepAdvice(config, request ?? {}),
      ];
      const problems = [...(await this.#problems(config)), ...running, ...this.unknownKeys(sent)];
      return { config, problems: withoutRepeats(problems) };
    } catch (error) {
      if (!(error instanceof CanaryError)) throw error;
      return { problems: [problemOf('template-pack', 'use', error.message)] };
    }
  }

  /** Nothing else is looked for in a config that is too large. */
  #tooLarge(config: CanaryConfig): ConfigProblem | undefined {
    try {
      checkMetricCount(config, this.#options.limits);
    } catch (error) {
      return problemOf('too-many-metrics', 'metrics', messageOf(error));
    }
  }

  /** The fields of a config, as it was sent, that nobody reads. */
  unknownKeys(sent: unknown): ConfigProblem[] {
    return unknownConfigKeys(sent, this.#options);
  }

  /** All reasons why a config cannot be stored, not only the first. */
  async #problems(config: CanaryConfig): Promise<ConfigProblem[]> {
    const { store } = this.#options;
    const problems = savingProblems(config, this.#options);
    const [application] = config.applications ?? [];
    if (application === undefined) return problems;
    const others = (await store.list(config.applications ?? [])).filter(({ id }) => id !== config.id);
    const taken = others.find(({ name }) => name === config.name);
    if (taken === undefined) return problems;
    const message = `Another config of ${taken.applications.join(', ')} is called '${taken.name}'; choose another name.`;
    return [...problems, problemOf('name-taken', 'name', message)];
  }

  #check(config: CanaryConfig): void {
    checkMetricCount(config, this.#options.limits);
    const [problem] = savingProblems(config, this.#options);
    if (problem !== undefined) throw new CanaryError('CANARY_CONFIG_INVALID', problem.message);
  }
}

/** A problem that prevents saving is not repeated as one that prevents running. */
function withoutRepeats(problems: readonly ConfigProblem[]): ConfigProblem[] {
  const first = new Map(problems.toReversed().map((problem) => [problem.path, problem]));
  return problems.filter((problem) => first.get(problem.path) === problem);
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
