import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { cliReference } from '../../src/cli/cli-reference.ts';

it('docs/cli.md is what the commands declare; npm run docs writes it', async () => {
  expect(readFileSync('docs/cli.md', 'utf8')).toBe(await cliReference());
});
