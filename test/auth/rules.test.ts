import { describe, expect, it } from 'vitest';
import { firstRule } from '../../src/auth/rules.ts';
import { hasHash, hashOf, newToken, tokenIdIn } from '../../src/auth/token-text.ts';

const matches = (patterns: Record<string, string>, claims: Record<string, unknown>) =>
  firstRule([{ claims: patterns, role: 'viewer' }], claims) !== undefined;

describe('a rule', () => {
  it.each<[Record<string, string>, Record<string, unknown>, boolean]>([
    [{ sub: 'a' }, { sub: 'a' }, true],
    [{ sub: 'a' }, { sub: 'ab' }, false],
    [{ sub: 'a' }, {}, false],
    [{ repository: 'acme/*' }, { repository: 'acme/shop' }, true],
    [{ repository: 'acme/*' }, { repository: 'acme-evil/shop' }, false],
    [{ repository: 'acme/*' }, { repository: 'x/acme/shop' }, false],
    [{ ref: 'refs/*/main' }, { ref: 'refs/heads/main' }, true],
    [{ ref: 'refs/*/main' }, { ref: 'refs/main' }, false],
    [{ ref: 'a*a' }, { ref: 'a' }, false],
    [{ ref: 'a*b*c' }, { ref: 'a-b-c' }, true],
    [{ ref: 'a*b*c' }, { ref: 'a-c' }, false],
    [{ ref: '*' }, { ref: '' }, true],
    [{ ref: '*' }, {}, false],
    [{ groups: 'sre' }, { groups: ['dev', 'sre'] }, true],
    [{ groups: 'sre' }, { groups: 'sre,dev' }, false],
    [{ email_verified: 'true' }, { email_verified: true }, true],
    [{ 'kubernetes.io.namespace': 'argo' }, { 'kubernetes.io': { namespace: 'argo' } }, true],
    [{ 'a.b': 'x' }, { 'a.b': 'x', a: { b: 'y' } }, true],
    [{ toString: '*' }, {}, false],
    [{ 'a.constructor': '*' }, { a: {} }, false],
    [{ sub: 'a', ref: 'b' }, { sub: 'a', ref: 'c' }, false],
    [{}, {}, true],
    [{ sub: '[object Object]' }, { sub: {} }, false],
    [{ sub: '.' }, { sub: 'x' }, false],
  ])('%o of %o: %s', (patterns, claims, expected) => {
    expect(matches(patterns, claims)).toBe(expected);
  });

  it('comes to an end for a pattern made to take forever', () => {
    expect(matches({ sub: `${'*a'.repeat(50)}b` }, { sub: 'a'.repeat(5000) })).toBe(false);
  });
});

describe('a token', () => {
  it('is different every time, and known by its hash', () => {
    const [one, other] = [newToken(), newToken()];
    expect(one.text).not.toBe(other.text);
    expect(tokenIdIn(one.text)).toBe(one.id);
    expect(hasHash(one.text, hashOf(one.text))).toBe(true);
    expect(hasHash(other.text, hashOf(one.text))).toBe(false);
    expect(hasHash(one.text, '')).toBe(false);
    for (const text of ['', `${one.text} `, one.text.slice(1), `x${one.text}`]) expect(tokenIdIn(text)).toBeUndefined();
  });
});
