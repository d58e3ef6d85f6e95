import { packsTogether } from '../../engine/discovery/discovered-config.ts';
import type { DiscoveredPack, Discovery, LabelValues } from '../../engine/discovery/discovery.ts';
import { CommandError, EXIT } from '../command-error.ts';
import { unknownWord } from '../options.ts';

/** What the flags say; what they do not is found, or asked. */
export interface InitFlags {
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

/** The best packs, or those that are named, with their sides. @throws CommandError usage for one that does not match */
export function chooseByFlags({ packs }: Discovery, flags: InitFlags): Chosen {
  const known = packs.map(({ id }) => id);
  const strange = flags.pack?.find((id) => !known.includes(id));
  if (strange !== undefined) {
    throw new CommandError(EXIT.usage, `--pack: no metrics of it were found there: ${unknownWord(strange, known)}`);
  }
  const named = packs.filter(({ id }) => flags.pack?.includes(id));
  const chosen = named.length > 0 ? named : packsTogether(packs);
  const [first] = chosen;
  const arms = first?.versions?.arms;
  return {
    packs: chosen,
    baseline: flags.baseline ?? arms?.baseline,
    canary: flags.canary ?? arms?.canary,
    location: flags.location ?? first?.place?.chosen,
  };
}

/** Sides that the store does not have now: a sentence each. */
export function missingSides({ packs: [first], baseline, canary }: Chosen): string[] {
  if (first?.problem !== undefined) return [`${first.id}: ${first.problem}`];
  const versions = first?.versions;
  if (first === undefined || versions === undefined) return [];
  return [['baseline', baseline] as const, ['canary', canary] as const].flatMap(([side, value]) => {
    if (value === undefined) return [`${side}: not clear, name it with --${side}; ${valuesText(versions)}`];
    if (versions.values.has(value)) return [];
    return [`${side}: '${value}' has no series now; ${valuesText(versions)}`];
  });
}

/** `label version of … has v1 (3), v2 (1)` */
export function valuesText({ label, values }: LabelValues): string {
  const shown = [...values].slice(0, 8).map(([value, count]) => `${value} (${count})`);
  const more = values.size > shown.length ? `, and ${values.size - shown.length} more` : '';
  return `${label} has ${shown.join(', ') || 'no values'}${more}`;
}
