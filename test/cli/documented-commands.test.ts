import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { siteMap } from '../../build/help/site-map.ts';

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

/** The options of each command, by its words: `docs/cli.md` is what the commands declare, which another test holds. */
const COMMANDS = new Map(
  readFileSync('docs/cli.md', 'utf8')
    .split(/^## haldane /m)
    .slice(1)
    .map((section) => {
      const [usage = ''] = section.split('\n');
      const words = usage.split(' ').filter((word) => /^[a-z]/.test(word));
      return [words.join(' '), [...section.matchAll(/^- `--([a-z-]+)/gm)].map(([, name = '']) => name)];
    }),
);

/** What is wrong with one. */
function problemOf(written: string): string | undefined {
  const [first = '', second = ''] = written.split(' ');
  const options = COMMANDS.get(`${first} ${second}`) ?? COMMANDS.get(first);
  if (options === undefined) return `haldane ${written}: there is no such command`;
  const flags = [...written.matchAll(/(?<=^| )--([a-z][a-z-]*)/g)].map(([, name = '']) => name);
  const unknown = flags.filter((name) => ![...options, ...EVERYWHERE].includes(name));
  return unknown.length === 0 ? undefined : `haldane ${written}: it has no --${unknown.join(', --')}`;
}

describe.each(DOCUMENTS)('%s', (source) => {
  it('shows only commands and options that there are', () => {
    const problems = commandsIn(readFileSync(source, 'utf8')).map(problemOf);
    expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
  });
});

describe('the check', () => {
  it('finds commands in code of both kinds, and what is wrong with them', () => {
    const text = 'Use `haldane gat x` or\n\n```sh\nhaldane gate shop.yml --local --bassline v1 | tee x --y\n```\n';
    const commands = commandsIn(text);
    expect(COMMANDS.size).toBeGreaterThan(20);
    expect(commands).toEqual(['gate shop.yml --local --bassline v1', 'gat x']);
    expect(commands.map(problemOf)).toEqual([
      'haldane gate shop.yml --local --bassline v1: it has no --bassline',
      'haldane gat x: there is no such command',
    ]);
  });
});
