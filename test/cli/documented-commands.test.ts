import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { siteMap } from '../../build/help/site-map.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { flagsOf } from '../../src/cli/options.ts';

const DOCUMENTS = siteMap('.').flatMap(({ pages }) => pages.map(({ source }) => source));
/** Of every command, or of the program. */
const EVERYWHERE = ['help', 'version'];

/** `haldane …` in code, up to where the shell goes on with something else. */
function commandsIn(text: string): string[] {
  const fences = [...text.matchAll(/^```(?:sh)?\n(.*?)^```/gms)].flatMap(([, block = '']) => block.split('\n'));
  const inline = [...text.replace(/^```.*?^```/gms, '').matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
  return [...fences, ...inline]
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .filter((line) => /^(npx )?haldane [a-z]/.test(line))
    .map((line) => line.replace(/^(npx )?haldane /, '').replace(/ (#|[|>&]).*$/, ''));
}

/** What is wrong with one. */
async function problemOf(written: string): Promise<string | undefined> {
  const words = written.split(' ');
  const entry = COMMANDS.find(({ usage }) => {
    const names = usage.split(' ').filter((word) => /^[a-z]/.test(word));
    return names.every((name, index) => words[index] === name);
  });
  if (entry === undefined) return `haldane ${written}: there is no such command`;
  const { options } = await entry.load();
  const known = [...flagsOf(options).map(({ name }) => name), ...EVERYWHERE];
  const flags = [...written.matchAll(/(?<=^| )--([a-z][a-z-]*)/g)].map(([, name = '']) => name);
  const unknown = flags.filter((name) => !known.includes(name));
  return unknown.length === 0 ? undefined : `haldane ${written}: it has no --${unknown.join(', --')}`;
}

describe.each(DOCUMENTS)('%s', (source) => {
  it('shows only commands and options that there are', async () => {
    const problems = await Promise.all(commandsIn(readFileSync(source, 'utf8')).map(problemOf));
    expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
  });
});

describe('the check', () => {
  it('finds commands in code of both kinds, and what is wrong with them', async () => {
    const text = 'Use `haldane gat x` or\n\n```sh\nhaldane gate shop.yml --local --bassline v1 | tee x --y\n```\n';
    const commands = commandsIn(text);
    expect(commands).toEqual(['gate shop.yml --local --bassline v1', 'gat x']);
    expect(await Promise.all(commands.map(problemOf))).toEqual([
      'haldane gate shop.yml --local --bassline v1: it has no --bassline',
      'haldane gat x: there is no such command',
    ]);
  });
});
