import { expect, it } from 'vitest';
import { libraryModule } from '../../src/web/query-editor/library-files.ts';

const FOLDER = '/query-editor/';

it('serves every module that the library imports, by an address of its own', async () => {
  const names = new Set(['library.js']);
  for (const name of names) {
    const text = await libraryModule(name);
    expect(text, name).toBeDefined();
    for (const [, address = ''] of (text ?? '').matchAll(/^(?:import|export|\}).*from\s*'([^']+)';?$/gm)) {
      expect(address, name).toContain(FOLDER);
      names.add(address.slice(FOLDER.length));
    }
  }
  expect(names).toContain('@codemirror/view/dist/index.js');
});

it.each(['../package.json', '@codemirror/view/package.json', '', 'library.js/'])(
  'serves nothing else: %s',
  async (name) => {
    expect(await libraryModule(name)).toBeUndefined();
  },
);
