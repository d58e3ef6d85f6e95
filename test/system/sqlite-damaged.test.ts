import { execFileSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { configOf, requestOf } from '../support/http/requests.ts';
import { type ServiceProcess, startService } from '../support/http/service-process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const STORE = 'test/fixtures/store/0.1.0.sqlite';

describe('a SQLite file', () => {
  let service: ServiceProcess | undefined;
  afterEach(async () => {
    await service?.stop('SIGKILL');
    service = undefined;
  });
  const store = () => {
    const dataDir = temporaryDirectory();
    const file = join(dataDir, 'haldane.sqlite');
    copyFileSync(STORE, file);
    return { dataDir, file };
  };
  const start = async (dataDir: string) => {
    service = await startService({ HALDANE_DATA_DIR: dataDir, HALDANE_PORT: '0' });
    return service.baseUrl;
  };
  /** Writes over the first page of a table. @returns the id of a row that was there */
  const damage = (file: string, table: string) => {
    const database = new DatabaseSync(file);
    const size = Number(Object.values(database.prepare('pragma page_size').get() ?? {})[0]);
    const found = database.prepare('select rootpage from sqlite_schema where name = ?').get(table);
    const [{ id } = {}] = database.prepare(`select id from "${table}"`).all();
    database.close();
    const opened = openSync(file, 'r+');
    writeSync(opened, Buffer.alloc(size, 0xff), 0, size, (Number(found?.rootpage) - 1) * size);
    closeSync(opened);
    return id;
  };

  it('that is none ends the start with the file and what to do', async () => {
    const { dataDir, file } = store();
    writeFileSync(file, 'no database, but longer than the header of one. '.repeat(200));
    await expect(start(dataDir)).rejects.toThrow(
      /haldane: .*haldane\.sqlite cannot be opened: file is not a database; stop Haldane and restore it from a backup/,
    );
  });

  it('of which the end is missing ends the start, or is said to be damaged; nothing of it is taken for empty', async () => {
    const { dataDir, file } = store();
    truncateSync(file, Math.floor(statSync(file).size / 8192) * 4096);
    const outcome = await start(dataDir).then(
      async (baseUrl) => (await fetch(`${baseUrl}/canary/executions?application=*`)).text(),
      (error: Error) => error.message,
    );
    expect(outcome).toMatch(/malformed; stop Haldane and restore it from a backup/);
  });

  it('with a damaged table says so to who needs it, with 503, and serves the others', async () => {
    const { dataDir, file } = store();
    await start(dataDir); // the migrations read the table
    await service?.stop();
    const id = damage(file, 'judge_comparison');
    const baseUrl = await start(dataDir);
    const refused = await fetch(`${baseUrl}/judges/comparison/${id}`);
    expect([refused.status, await refused.json()]).toEqual([
      503,
      expect.objectContaining({
        errorCode: 'STORE_UNUSABLE',
        message: expect.stringMatching(
          /haldane\.sqlite cannot be used: database disk image is malformed; stop Haldane and restore it from a backup/,
        ),
      }),
    ]);
    expect((await fetch(`${baseUrl}/canaryConfig`)).status).toBe(200);
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ canaryConfig: ofItsOwnSeries(), executionRequest: requestOf() });
    const judged = await fetch(`${baseUrl}/canary?wait=30s`, { method: 'POST', headers, body });
    expect(await judged.json()).toMatchObject({ status: 'succeeded' });
  });

  const readOnly = join(temporaryDirectory(), 'read-only');
  const whyNot = mountReadOnly(readOnly);
  if (whyNot !== undefined) console.warn(`skipped: nothing can be mounted read-only: ${whyNot}`);

  it.skipIf(whyNot !== undefined)('on a disk that cannot be written ends the start with words', async () => {
    try {
      await expect(start(readOnly)).rejects.toThrow(/haldane\.sqlite cannot be opened: .*(read-only|readonly)/);
    } finally {
      execFileSync('umount', [readOnly]);
    }
  });
});

/** Only root may mount, and not in every container. @returns why it cannot */
function mountReadOnly(folder: string): string | undefined {
  const source = temporaryDirectory();
  copyFileSync(STORE, join(source, 'haldane.sqlite'));
  mkdirSync(folder);
  try {
    execFileSync('mount', ['--bind', source, folder], { stdio: 'pipe' });
    execFileSync('mount', ['-o', 'remount,bind,ro', folder], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function ofItsOwnSeries() {
  const values = Array.from({ length: 60 }, (_, minute) => 100 + (minute % 7));
  const query = { type: 'inline', serviceType: 'inline', control: values, experiment: values };
  const metric = { name: 'latency', query, groups: ['group'], scopeName: 'default' };
  return configOf(0, { judge: { name: 'NetflixACAJudge-v1.0' }, metrics: [metric] });
}
