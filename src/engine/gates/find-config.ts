import type { CanaryConfig } from '../../domain/canary-config.ts';
import { CanaryError } from '../../errors.ts';
import type { CanaryConfigs } from '../configs/canary-configs.ts';

export interface FoundConfig {
  readonly id: string;
  readonly config: CanaryConfig;
}

/** A stored config by its id, or by its name where only one is called so. @throws CanaryError CANARY_CONFIG_NOT_FOUND */
export async function findConfig(configs: CanaryConfigs, idOrName: string): Promise<FoundConfig> {
  try {
    return { id: idOrName, config: await configs.get(idOrName) };
  } catch (error) {
    if (!(error instanceof CanaryError) || error.code !== 'CANARY_CONFIG_NOT_FOUND') throw error;
    const called = (await configs.list([])).filter(({ name }) => name === idOrName);
    const [only] = called;
    // With several of the name the error lists their ids.
    if (only === undefined || called.length > 1) throw error;
    return { id: only.id, config: await configs.get(only.id) };
  }
}
