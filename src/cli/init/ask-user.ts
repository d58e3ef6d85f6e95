import type { Chosen } from '../../engine/discovery/choose.ts';
import { packsTogether } from '../../engine/discovery/discovered-config.ts';
import type { Discovery } from '../../engine/discovery/discovery.ts';
import { CommandError, EXIT } from '../command-error.ts';

/** Asks a person at a terminal; what the flags say is not asked. */
export interface Questions {
  address(proposed: string): Promise<string>;
  choices(discovery: Discovery, found: Chosen): Promise<Chosen>;
  name(proposed: string): Promise<string>;
}

/** @throws CommandError when the person leaves */
export async function openQuestions(): Promise<Questions> {
  const { isCancel, multiselect, select, text } = await import('@clack/prompts');
  const answered = <T>(answer: T): Exclude<T, symbol> => {
    if (isCancel(answer)) throw new CommandError(EXIT.noVerdict, 'left; nothing was written');
    return answer as Exclude<T, symbol>;
  };
  const pick = async (message: string, values: readonly string[], first: string | undefined) => {
    if (values.length === 0) return first;
    const options = values.map((value) => ({ value, label: value }));
    return answered(await select({ message, options, ...(first === undefined ? {} : { initialValue: first }) }));
  };
  return {
    async address(proposed) {
      const message = 'Where is your Prometheus?';
      return answered(await text({ message, placeholder: proposed, defaultValue: proposed }));
    },
    async choices({ packs }, found) {
      const initialValues = packsTogether(packs).map(({ id }) => id);
      const options = packs.map(({ id, name, metrics, problem }) => ({
        value: id,
        label: `${id}: ${name}, ${metrics.length} metrics`,
        ...(problem === undefined ? {} : { hint: problem }),
      }));
      const ids = answered(await multiselect({ message: 'What is to be judged?', options, initialValues }));
      const chosen = packs.filter(({ id }) => ids.includes(id));
      const [first] = chosen;
      const values = [...(first?.versions?.values.keys() ?? [])];
      const arms = first?.versions?.arms;
      const canary = await pick('Which is the canary?', values, found.canary ?? arms?.canary);
      const others = values.filter((value) => value !== canary);
      const baseline = await pick('Which is the baseline?', others, found.baseline ?? arms?.baseline);
      return { packs: chosen, baseline, canary, location: found.location ?? first?.place?.chosen };
    },
    async name(proposed) {
      const message = 'What is the config to be called?';
      return answered(await text({ message, placeholder: proposed, defaultValue: proposed }));
    },
  };
}
