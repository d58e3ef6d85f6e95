import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, it } from 'vitest';
import { startService } from '../support/http/service-process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import {
  describeTorture,
  slowService,
  startRun,
  statusOf,
  type TorturePlace,
} from '../support/torture/torture-suite.ts';

const MAIN = 'src/main.ts';

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

describeTorture({ name: 'its own file', jobs: 300, kills: 30, newPlace: async () => folder() });

it('a second process on the folder is refused with exit code 1, told what to do, and disturbs nothing', async () => {
  const environment = await slowService(folder(), opened);
  const service = await startService(environment);
  opened.push(() => service.stop());
  const options = { env: { ...process.env, ...environment }, encoding: 'utf8', timeout: 20_000 } as const;
  const second = spawnSync(process.execPath, [MAIN], options);
  expect(second.status).toBe(1);
  expect(second.stderr).toMatch(
    /haldane\.sqlite is in use by another Haldane; stop that one, or give this one its own/,
  );
  const id = await startRun(service);
  await expect.poll(() => statusOf(service, id), { timeout: 10_000 }).toBe('succeeded');
});

function folder(): TorturePlace {
  const dataDir = temporaryDirectory();
  const ask = (sql: string) => {
    const database = new DatabaseSync(join(dataDir, 'haldane.sqlite'));
    const rows = database.prepare(sql).all();
    database.close();
    return rows;
  };
  return {
    settings: { dataDir },
    count: async (from) => Number(ask(`select count(*) as rows ${from}`)[0]?.rows),
    damage: async () =>
      [...ask('pragma integrity_check'), ...ask('pragma foreign_key_check')]
        .map((row) => JSON.stringify(row))
        .filter((found) => found !== '{"integrity_check":"ok"}'),
  };
}
