import { describe, expect, it } from 'vitest';
import { textTable } from '../../../src/cli/terminal/text-table.ts';

describe('textTable', () => {
  it('makes columns as wide as they need to be', () => {
    expect(textTable(['A', 'LONG'], [['wide', 'b'], ['c']])).toBe('A     LONG\nwide  b\nc\n');
  });

  it('keeps foreign text on its line and away from the terminal', () => {
    expect(textTable(['A'], [['two\r\nlines \u001b[31mred']])).toBe('A\ntwo lines  [31mred\n');
    expect(textTable(['A'], [['x'.repeat(500)]])).toBe(`A\n${'x'.repeat(199)}…\n`);
  });
});
