import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { references } from '../../build/reference/references.ts';
import { schemaKeys } from '../../build/reference/schema-keys.ts';
import { createJudges } from '../../judges/index.ts';
import { providers } from '../../providers/index.ts';

describe.each(references())('$path', ({ path, text, keys }) => {
  it('is what the schemas say; `npm run docs` writes it', () => {
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('says of every key what it is; `.describe()` in its schema does', () => {
    expect(keys.length).toBeGreaterThan(10);
    expect(keys.filter(({ about }) => about === '').map((key) => key.path)).toEqual([]);
  });
});

describe('the references', () => {
  it('are all there is in their folder', () => {
    const names = references().map(({ path }) => path.split('/').at(-1));
    expect(readdirSync('docs/reference').sort()).toEqual(names.sort());
  });

  it('name every metrics store and every judge', () => {
    const text = references()
      .map((reference) => reference.text)
      .join('\n');
    for (const { type } of providers) expect(text.split(`\n## ${type}\n`)).toHaveLength(3);
    for (const { name } of createJudges({ remoteJudge: { baseUrl: 'http://127.0.0.1:1' } }))
      expect(text).toContain(`\n## ${name}\n`);
  });
});

describe('the keys of a schema', () => {
  it('are those of lists, records, choices and references too, with what may stand there', () => {
    const Window = z.object({ minutes: z.int().min(1).max(60).describe('how long') }).meta({ id: 'TestWindow' });
    const schema = z.object({
      first: Window.describe('the first'),
      list: z.array(Window).default([]).describe('several'),
      byName: z.record(z.string(), Window).describe('some'),
      either: z.union([z.string(), Window]).optional().describe('text, or a window'),
      word: z.enum(['a', 'b']).default('a').describe('a word'),
      silent: z.boolean().optional(),
    });
    expect(schemaKeys(schema).map(({ path, value, required }) => [path, value, required])).toEqual([
      ['first', 'object', true],
      ['first.minutes', 'whole number from 1 to 60', true],
      ['list', 'list: object', false],
      ['list[].minutes', 'whole number from 1 to 60', true],
      ['byName', 'object of names: object', true],
      ['byName.*.minutes', 'whole number from 1 to 60', true],
      ['either', 'text or object', false],
      ['either.minutes', 'whole number from 1 to 60', true],
      ['word', '`a`, `b`', false],
      ['silent', '`true` or `false`', false],
    ]);
    expect(schemaKeys(schema).find(({ path }) => path === 'silent')?.about).toBe('');
    expect(schemaKeys(schema).find(({ path }) => path === 'word')?.default).toBe('"a"');
  });
});
