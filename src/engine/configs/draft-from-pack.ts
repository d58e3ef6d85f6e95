import type { CanaryConfig } from '../../domain/canary-config.ts';
import type { TemplateUse } from '../../domain/template-use.ts';
import { CanaryError } from '../../errors.ts';
import type { TemplatePacks } from './template-packs.ts';

/** A config without a name, with the chosen metrics of a pack. @throws CanaryError without metrics */
export function draftFromPack(packs: TemplatePacks, use: TemplateUse & { readonly metrics: string[] }): CanaryConfig {
  if (use.metrics.length === 0) throw new CanaryError('REQUEST_INVALID', 'Choose at least one metric of the pack.');
  return packs.expand({ name: '', applications: [], use: [use], classifier: { groupWeights: {} } });
}
