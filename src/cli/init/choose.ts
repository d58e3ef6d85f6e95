import { type Chosen, choose, valuesText, type Wanted } from '../../engine/discovery/choose.ts';
import type { Discovery } from '../../engine/discovery/discovery.ts';
import { CommandError, EXIT } from '../command-error.ts';
import { unknownWord } from '../options.ts';

/** The best packs, or those that are named, with their sides. @throws CommandError usage for one that does not match */
export function chooseByFlags(discovery: Discovery, flags: Wanted): Chosen {
  const known = discovery.packs.map(({ id }) => id);
  const strange = flags.pack?.find((id) => !known.includes(id));
  if (strange === undefined) return choose(discovery, flags);
  throw new CommandError(EXIT.usage, `--pack: no metrics of it were found there: ${unknownWord(strange, known)}`);
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
