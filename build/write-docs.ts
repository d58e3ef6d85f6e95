import { mkdirSync, writeFileSync } from 'node:fs';
import { cliReference } from '../src/cli/cli-reference.ts';
import { references } from './reference/references.ts';

// `npm run docs`: writes what is generated of the documents. A test says when they no longer are what is written here.
const ROOT = new URL('../', import.meta.url);
mkdirSync(new URL('docs/reference/', ROOT), { recursive: true });
writeFileSync(new URL('docs/cli.md', ROOT), await cliReference());
for (const { path, text } of references()) writeFileSync(new URL(path, ROOT), text);
