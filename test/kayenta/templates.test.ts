import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { prometheus } from '../../providers/prometheus/index.ts';
import { dropNulls } from '../../src/domain/values/wire-json.ts';
import { fixtureRequest } from '../support/provider-fixtures.ts';

interface Case {
  readonly about: string;
  readonly templates?: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly scope?: Readonly<Record<string, unknown>>;
  readonly expect?: string;
  /** the beginning of the message: Kayenta's words */
  readonly error?: string;
}

const CASES: Readonly<Record<string, readonly Case[]>> = JSON.parse(
  readFileSync('test/fixtures/kayenta/templates.json', 'utf8'),
);
const casesOf = (rule: string) => CASES[rule] ?? [];

const WINDOW = { start: '2026-01-01T00:00:00Z', end: '2026-01-01T01:00:00Z', step: 60 };

function build({ templates, query, scope }: Case): string {
  const metric = { name: 'm', query: { type: 'prometheus', ...query } };
  dropNulls(metric);
  return prometheus.buildQuery(
    fixtureRequest(prometheus, {
      config: templates === undefined ? {} : { templates },
      metric,
      scope: { scope: 'shop-v2', location: 'eu', ...WINDOW, ...scope },
    }),
  );
}

function check(one: Case): void {
  if (one.error === undefined) expect(build(one)).toBe(one.expect);
  else expect(() => build(one)).toThrow(expect.objectContaining({ message: expect.stringContaining(one.error) }));
}

describe('TPL-1: customFilter', () => {
  it.each(casesOf('TPL-1'))('$about', check);
});

describe('TPL-2: a template', () => {
  it.each(casesOf('TPL-2'))('$about', check);
});

describe('TPL-3: a named template that is not there', () => {
  it.each(casesOf('TPL-3'))('is an error $about', check);
});

describe('TPL-4: variables', () => {
  it.each(casesOf('TPL-4'))('$about', check);
});

describe('TPL-5: a variable', () => {
  it.each(casesOf('TPL-5'))('$about', check);
});

describe('the cases of templates', () => {
  it('begin their errors as Kayenta does', () => {
    const errors = Object.values(CASES).flatMap((cases) => cases.filter(({ error }) => error !== undefined));
    for (const one of errors) expect(() => build(one)).toThrow(new RegExp(`^${RegExp.escape(one.error ?? '')}`));
  });
});
