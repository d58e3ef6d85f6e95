import { describe, expect, it } from 'vitest';
import { notesOfVersion } from '../../build/notes-of-version.ts';

const changelog =
  '# Changelog\n\nHow to read it.\n\n## 1.1.0, 2026-12-24\n\n- [FEATURE] b\n\n## 1.0.0, 2026-12-01\n\n- a\n';

describe('the notes of a release', () => {
  it('are the section of its version', () => {
    expect(notesOfVersion({ tag: 'v1.1.0', version: '1.1.0', changelog })).toBe('- [FEATURE] b\n');
    expect(notesOfVersion({ tag: 'v1.0.0', version: '1.0.0', changelog })).toBe('- a\n');
  });

  it.each([
    ['v1.0.1', '1.0.0', changelog, "the tag is 'v1.0.1' and package.json says 1.0.0; the tag of it is v1.0.0"],
    ['v1.2.0', '1.2.0', changelog, "has no such section; write '## 1.2.0, <day>'"],
    ['v1.0.0', '1.0.0', '## 1.0.0, unreleased\n\n- a\n', "has '## 1.0.0, unreleased'; write '## 1.0.0, <day>'"],
  ])('of %s when package.json says %s are refused where they disagree', (tag, version, text, message) => {
    expect(() => notesOfVersion({ tag, version, changelog: text })).toThrow(message);
  });
});
