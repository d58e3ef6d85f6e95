import type { CanaryConfig } from '../domain/canary-config.ts';
import type { TemplatePackSummary } from '../domain/template-pack.ts';
import { CanaryError } from '../errors.ts';
import type { Service } from './service.ts';

const VARIABLE = 'variable.';

/** The packs in which every word of `search` occurs. */
export function findPacks({ templatePacks }: Service, search: string): TemplatePackSummary[] {
  const words = search.toLowerCase().split(/\s+/);
  return templatePacks
    .list()
    .filter((pack) => words.every((word) => JSON.stringify(pack).toLowerCase().includes(word)));
}

/** @throws CanaryError OBJECT_NOT_FOUND */
export function getPack({ templatePacks }: Service, id: string): TemplatePackSummary {
  const packs = templatePacks.list();
  const found = packs.find((pack) => pack.id === id);
  if (found !== undefined) return found;
  const known = packs.map((pack) => pack.id).join(', ');
  throw new CanaryError('OBJECT_NOT_FOUND', `No template pack '${id}'; known packs: ${known}.`);
}

/** A config that begins with a pack. @param parameters `variable.<name>` of its variables, and each `metric` wanted */
export function packDraft({ templatePacks }: Service, pack: string, parameters: URLSearchParams): CanaryConfig {
  const given = [...parameters].filter(([name, value]) => name.startsWith(VARIABLE) && value !== '');
  const variables = Object.fromEntries(given.map(([name, value]) => [name.slice(VARIABLE.length), value]));
  const metrics = parameters.getAll('metric');
  if (metrics.length === 0) throw new CanaryError('REQUEST_INVALID', 'Choose at least one metric of the pack.');
  const config = { name: '', applications: [], use: [{ pack, variables, metrics }], classifier: { groupWeights: {} } };
  return templatePacks.expand(config);
}
