import { packsTogether } from './discovered-config.ts';
import type { DiscoveredPack, Discovery, LabelValues } from './discovery.ts';

/** What somebody wants to judge; what is absent is what was found. */
export interface Wanted {
  /** ids of packs that match */
  readonly pack?: readonly string[] | undefined;
  readonly baseline?: string | undefined;
  readonly canary?: string | undefined;
  readonly location?: string | undefined;
}

/** What is to be judged. */
export interface Chosen {
  readonly packs: readonly DiscoveredPack[];
  readonly baseline?: string | undefined;
  readonly canary?: string | undefined;
  readonly location?: string | undefined;
}

/** The packs that match best, or those that are named, with their sides. Pure. */
export function choose({ packs }: Pick<Discovery, 'packs'>, wanted: Wanted): Chosen {
  const named = packs.filter(({ id }) => wanted.pack?.includes(id));
  const chosen = named.length > 0 ? named : packsTogether(packs);
  const [first] = chosen;
  const arms = first?.versions?.arms;
  return {
    packs: chosen,
    baseline: wanted.baseline ?? arms?.baseline,
    canary: wanted.canary ?? arms?.canary,
    location: wanted.location ?? first?.place?.chosen,
  };
}

/** `version has v1 (3), v2 (1)` */
export function valuesText({ label, values }: LabelValues): string {
  const shown = [...values].slice(0, 8).map(([value, count]) => `${value} (${count})`);
  const more = values.size > shown.length ? `, and ${values.size - shown.length} more` : '';
  return `${label} has ${shown.join(', ') || 'no values'}${more}`;
}
