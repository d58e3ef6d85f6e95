import { CanaryConfig } from '../domain/canary-config.ts';
import type { ConfigProblem } from '../domain/config-problem.ts';
import { runningProblems } from '../engine/configs/running-problems.ts';
import { CanaryError } from '../errors.ts';
import { fieldProblems } from './request/zod.ts';
import type { Service } from './service.ts';

/** A config that was read, its template packs expanded, and all that is wrong with it. */
export interface CheckedConfig {
  /** absent when it is none */
  readonly config?: CanaryConfig | undefined;
  readonly problems: readonly ConfigProblem[];
}

/** All that saving and running would find wrong with what may be a config. */
export async function checkConfig(service: Service, value: unknown): Promise<CheckedConfig> {
  const wrong = fieldProblems(CanaryConfig, value);
  if (wrong.length > 0) return { problems: wrong.map((problem) => ({ ...problem, prevents: 'saving' })) };
  try {
    const config = service.templatePacks.expand(CanaryConfig.parse(value));
    const problems = [...(await service.canaryConfigs.problems(config)), ...runningProblems(config, service)];
    return { config, problems: withoutRepeats(problems) };
  } catch (error) {
    if (!(error instanceof CanaryError)) throw error;
    return { problems: [{ path: 'use', message: error.message, prevents: 'saving' }] };
  }
}

/** What prevents saving need not be told again as what prevents running. */
function withoutRepeats(problems: readonly ConfigProblem[]): ConfigProblem[] {
  const first = new Map(problems.toReversed().map((problem) => [problem.path, problem]));
  return problems.filter((problem) => first.get(problem.path) === problem);
}
