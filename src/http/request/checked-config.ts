import { CanaryConfig } from '../../domain/canary-config.ts';
import { CanaryExecutionRequest } from '../../domain/canary-execution-request.ts';
import type { ConfigProblem } from '../../domain/config-problem.ts';
import type { CheckedConfig } from '../../engine/configs/canary-configs.ts';
import type { Service } from '../service.ts';
import { fieldProblems } from './zod.ts';

/** All problems of a possible config: the shape of its fields first, since the other checks need it. */
export async function checkedConfig(
  { canaryConfigs }: Pick<Service, 'canaryConfigs'>,
  value: unknown,
): Promise<CheckedConfig> {
  const wrong = fieldProblems(CanaryConfig, value);
  if (wrong.length > 0) return { problems: wrong.map((problem) => ({ ...problem, prevents: 'saving' })) };
  return canaryConfigs.check(CanaryConfig.parse(value));
}

/** The same of a config, or of a config with a request as a run is started with. */
export async function checkedRun(
  service: Pick<Service, 'canaryConfigs' | 'runs'>,
  { canaryConfig, executionRequest, ...body }: Record<string, unknown>,
  metricsAccountName: string | undefined,
): Promise<readonly ConfigProblem[]> {
  if (canaryConfig === undefined) return (await checkedConfig(service, body)).problems;
  const { config, problems } = await checkedConfig(service, canaryConfig);
  const wrong = fieldProblems(CanaryExecutionRequest, executionRequest ?? {});
  const told = wrong.map(({ path, message }): ConfigProblem => {
    return { path: `executionRequest.${path}`, message, prevents: 'running' };
  });
  if (config === undefined || executionRequest === undefined || wrong.length > 0) return [...problems, ...told];
  const request = CanaryExecutionRequest.parse(executionRequest);
  const start = { config, request, metricsAccountName, application: 'ad-hoc', canaryConfigId: 'ad-hoc' };
  const known = new Set(problems.map(({ path, message }) => `${path} ${message}`));
  const own = service.runs.problems(start).filter(({ path, message }) => !known.has(`${path} ${message}`));
  return [...problems, ...own];
}
