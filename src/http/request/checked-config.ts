import { CanaryConfig } from '../../domain/canary-config.ts';
import { CanaryExecutionRequest } from '../../domain/canary-execution-request.ts';
import type { ConfigProblem } from '../../domain/config-problem.ts';
import { problemOf } from '../../domain/lint-rules.ts';
import { withSilenced } from '../../domain/silenced-problems.ts';
import { unknownKeys } from '../../domain/unknown-keys.ts';
import type { CheckedConfig } from '../../engine/configs/canary-configs.ts';
import type { Service } from '../service.ts';
import { fieldProblems, parseBody } from './zod.ts';

/** All problems of a possible config: the shape of its fields first, since the other checks need it. */
export async function checkedConfig(
  service: Pick<Service, 'canaryConfigs'>,
  value: unknown,
  request?: CanaryExecutionRequest,
): Promise<CheckedConfig> {
  const checked = await problemsOf(service, value, request);
  return { ...checked, problems: withSilenced(checked.problems, checked.config ?? {}) };
}

async function problemsOf(
  { canaryConfigs }: Pick<Service, 'canaryConfigs'>,
  value: unknown,
  request?: CanaryExecutionRequest,
): Promise<CheckedConfig> {
  const { data } = parseBody(CanaryConfig, value);
  if (data !== undefined) return canaryConfigs.check(data, value, request);
  const problems = fieldProblems(CanaryConfig, value).map(({ path, message }) =>
    problemOf('field-invalid', path, message),
  );
  return { problems: [...problems, ...canaryConfigs.unknownKeys(value)] };
}

/** The same of a config, or of a config with a request as a run is started with. */
export async function checkedRun(
  service: Pick<Service, 'canaryConfigs' | 'runs'>,
  { canaryConfig, executionRequest, ...body }: Record<string, unknown>,
  metricsAccountName: string | undefined,
): Promise<readonly ConfigProblem[]> {
  if (canaryConfig === undefined) return (await checkedConfig(service, body)).problems;
  const { data: request } = parseBody(CanaryExecutionRequest, executionRequest ?? {});
  const { config, problems } = await problemsOf(service, canaryConfig, request);
  const wrong = request === undefined ? fieldProblems(CanaryExecutionRequest, executionRequest) : [];
  const told = wrong.map(({ path, message }) => problemOf('request-invalid', `executionRequest.${path}`, message));
  for (const key of unknownKeys(CanaryExecutionRequest, executionRequest, { path: ['executionRequest'] })) {
    told.push(problemOf('field-unknown', key.path, key.message));
  }
  const all = (own: readonly ConfigProblem[]) => withSilenced([...problems, ...told, ...own], config ?? {});
  if (config === undefined || executionRequest === undefined || request === undefined) return all([]);
  // What a run of it would look its earlier releases up by.
  const place = { canaryConfigId: config.id ?? 'ad-hoc', application: config.applications?.[0] ?? 'ad-hoc' };
  const start = { config, request, metricsAccountName, ...place };
  const known = new Set(problems.map(({ path, message }) => `${path} ${message}`));
  const found = await service.runs.problems(start);
  const own = found.filter(({ path, message }) => !known.has(`${path} ${message}`));
  return all(own);
}
