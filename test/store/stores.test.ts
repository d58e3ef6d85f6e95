import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { openSqlite } from '../../src/store/sqlite-database.ts';
import { openStore } from '../../src/store/store.ts';
import { describeStore, STORE_TIME } from '../support/store-suite.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const open = (directory: string) => openStore(openSqlite(directory), () => STORE_TIME);

describeStore({ name: 'sqlite', newPlace: async () => temporaryDirectory(), open });

describe('the embedded store', () => {
  it('refuses a second process on the same folder, and says what to do', async () => {
    const directory = temporaryDirectory();
    const store = await open(directory);
    const second = spawnSync(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { openSqlite } from './src/store/sqlite-database.ts'; openSqlite('${directory}');`,
      ],
      { encoding: 'utf8' },
    );
    await store.close();
    expect(second.status).not.toBe(0);
    expect(second.stderr).toMatch(/in use by another Haldane; stop that one, or give this one its own folder/);
  });

  it('says which folder it cannot use', () => {
    expect(() => openSqlite('/dev/null/nowhere')).toThrow(/\/dev\/null\/nowhere\/haldane\.sqlite cannot be opened/);
  });
});
