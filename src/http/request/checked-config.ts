import { CanaryConfig } from '../../domain/canary-config.ts';
import type { CheckedConfig } from '../../engine/configs/canary-configs.ts';
import type { Service } from '../service.ts';
import { fieldProblems } from './zod.ts';

/** All that is wrong with what may be a config: the shape of its fields first, since the rest needs one. */
export async function checkedConfig({ canaryConfigs }: Service, value: unknown): Promise<CheckedConfig> {
  const wrong = fieldProblems(CanaryConfig, value);
  if (wrong.length > 0) return { problems: wrong.map((problem) => ({ ...problem, prevents: 'saving' })) };
  return canaryConfigs.check(CanaryConfig.parse(value));
}
