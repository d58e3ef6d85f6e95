import type { CommandEntry } from './command.ts';
import { COMMANDS, commandName } from './commands.ts';
import { type Flag, flagsOf } from './options.ts';

export interface Completion {
  readonly word: string;
  readonly help: string;
}

/** Completions at the cursor. @param words all words after `haldane`; the last is incomplete or empty */
export async function completions(words: readonly string[]): Promise<Completion[]> {
  const [before, begun] = [words.slice(0, -1), words.at(-1) ?? ''];
  const [entry] = COMMANDS.filter((one) => `${before.join(' ')} `.startsWith(`${commandName(one)} `)).sort(
    longestFirst,
  );
  const all = entry === undefined ? nextWords(before) : flagWords(flagsOf((await entry.load()).options), before.at(-1));
  return all.filter(({ word }) => word.startsWith(begun));
}

function longestFirst(one: CommandEntry, other: CommandEntry): number {
  return commandName(other).length - commandName(one).length;
}

/** The next words of the commands that start with these words. */
function nextWords(before: readonly string[]): Completion[] {
  const start = before.map((word) => `${word} `).join('');
  const following = COMMANDS.filter((entry) => commandName(entry).startsWith(start)).map((entry) => {
    const [word = '', ...more] = commandName(entry).slice(start.length).split(' ');
    return { word, help: more.length === 0 ? entry.summary : '' };
  });
  return [...new Map(following.map((one) => [one.word, one])).values()];
}

/**
 * The values of the option before the cursor, or the options; none where any value is valid, so that files are offered.
 */
function flagWords(flags: readonly Flag[], previous: string | undefined): Completion[] {
  const asked = flags.find(({ name }) => `--${name}` === previous);
  if (asked?.value !== undefined) return (asked.choices ?? []).map((word) => ({ word, help: '' }));
  return [...flags, { name: 'help', help: 'display help for command' }].map(({ name, help }) => ({
    word: `--${name}`,
    help,
  }));
}
