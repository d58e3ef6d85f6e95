import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { judgeTable } from '../tools/judge-table.ts';

it('judges/README.md draws what the judges say of the telling data sets; node test/tools/judge-table.ts writes it', async () => {
  expect(readFileSync('judges/README.md', 'utf8')).toContain(await judgeTable());
});
