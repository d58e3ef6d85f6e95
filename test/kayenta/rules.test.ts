import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** `ours`: where we do better than the rule, or other than Kayenta where it leaves the choice. */
interface Rule {
  readonly id: string;
  readonly rule: string;
  readonly ours?: string;
}

const RULES: readonly Rule[] = JSON.parse(readFileSync('test/fixtures/kayenta/rules.json', 'utf8'));
const RULE_ID = /\b(?:GEN|JSON|ERR|ACC|CFG|QRY|RUN|JDG|CRD|MET|OBJ|FET|TPL|MIX|SCO|EXE|RES|EXC|HLT|STA|SCA)-\d+\b/g;
/** The first text given to `it`, `test` or `describe`, or to what their `.each(…)` returns. */
const TITLE = /(?:\b(?:it|test|describe)|\))\(\s*(['"`])((?:\\.|(?!\1)[\s\S])*)\1/g;

const titles = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .flatMap((name) => [...readFileSync(join('test', name), 'utf8').matchAll(TITLE)].map(([, , title = '']) => title));
const cited = new Set(titles.flatMap((title) => title.match(RULE_ID) ?? []));

describe("the rules of Kayenta's wire", () => {
  it('have a test each that names them', () => {
    expect(RULES.map(({ id }) => id).filter((id) => !cited.has(id))).toEqual([]);
  });

  it('are all in the table that a test names', () => {
    const known = new Set(RULES.map(({ id }) => id));
    expect([...cited].filter((id) => !known.has(id))).toEqual([]);
  });

  it('are told once each, in a sentence', () => {
    expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length);
    expect(RULES.filter(({ rule, ours = '.' }) => !/^.{15,}\.$/.test(rule) || !ours.endsWith('.'))).toEqual([]);
  });
});
