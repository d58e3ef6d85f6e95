import { CanaryConfig } from '../../domain/canary-config.ts';
import type { CheckedConfig } from '../../engine/configs/canary-configs.ts';
import type { Service } from '../service.ts';
import { fieldProblems } from './zod.ts';

/** All problems of a possible config: the shape of its fields first, since the other checks need it. */
export async function checkedConfig({ canaryConfigs }: Service, value: unknown): Promise<CheckedConfig> {
  const wrong = fieldProblems(CanaryConfig, value);
  if (wrong.length > 0) return { problems: wrong.map((problem) => ({ ...problem, prevents: 'saving' })) };
  return canaryConfigs.check(CanaryConfig.parse(value));
}
