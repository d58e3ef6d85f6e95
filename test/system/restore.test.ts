import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { runHaldane } from '../cli/run-haldane.ts';
import { startService } from '../support/http/service-process.ts';
import { findPostgres, type PostgresServer, query, requiredPostgres } from '../support/servers/postgres-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** Runs that ended, that wait, with callbacks, imported; analyses, series, configs: of every kind of row some. */
const STORE = 'test/fixtures/store/0.1.0.sqlite';

const postgres = await requiredPostgres();
afterAll(() => postgres?.stop());

describe('a backup of SQLite', () => {
  const rowsOf = (file: string) => {
    const database = new DatabaseSync(file, { readOnly: true });
    const tables = database.prepare("select name from sqlite_schema where type = 'table' order by name").all();
    const rows = tables.map(({ name }) => [name, database.prepare(`select * from "${name}"`).all()]);
    database.close();
    return Object.fromEntries(rows);
  };

  it('that is made while Haldane works is restored row by row, and what had not ended goes on', async () => {
    const folder = temporaryDirectory();
    const [dataDir, restored] = [join(folder, 'data'), join(folder, 'restored')];
    for (const one of [dataDir, restored]) mkdirSync(one);
    copyFileSync(STORE, join(dataDir, 'haldane.sqlite'));
    const service = await startService({ HALDANE_DATA_DIR: dataDir, HALDANE_PORT: '0' });
    const file = join(folder, 'backup.sqlite');
    const made = await runHaldane(['store', 'backup', file, '--url', service.baseUrl]);
    expect([made.code, made.err]).toEqual([0, '']);
    const answers = await answersOf(service.baseUrl);
    expect(await service.stop()).toBe(0);

    copyFileSync(file, join(restored, 'haldane.sqlite'));
    expect(rowsOf(join(restored, 'haldane.sqlite'))).toEqual(rowsOf(file));
    const again = await startService({ HALDANE_DATA_DIR: restored, HALDANE_PORT: '0' });
    expect(await answersOf(again.baseUrl, answers)).toEqual(answers);
    await again.stop();
  });
});

describe.skipIf(postgres === undefined)('a backup of PostgreSQL', () => {
  const server = () => postgres as PostgresServer;
  /** A fingerprint of every table of the store. */
  const contentsOf = async (url: string) => {
    const tables = await query<{ name: string }>(
      url,
      "select table_name as name from information_schema.tables where table_schema = 'public' order by 1",
    );
    return Promise.all(
      tables.map(async ({ name }) => [
        name,
        await query(url, `select count(*), md5(string_agg(t::text, '|' order by t::text)) from "${name}" t`),
      ]),
    );
  };
  const start = (url: string) =>
    startService({
      HALDANE_CONFIG: configFile({ store: { type: 'postgres', url }, dataDir: temporaryDirectory() }),
      HALDANE_PORT: '0',
    });

  it('by the commands of the manual is restored row by row, without the queue, and Haldane starts on it', async () => {
    const folder = temporaryDirectory();
    const dataDir = join(folder, 'data');
    mkdirSync(dataDir);
    copyFileSync(STORE, join(dataDir, 'haldane.sqlite'));
    const [from, to] = [await server().createDatabase('saved'), await server().createDatabase('restored')];
    expect((await runHaldane(['store', 'copy', '--from', `sqlite:${dataDir}`, '--to', from])).code).toBe(0);
    const service = await start(from);
    const answers = await answersOf(service.baseUrl);
    await service.stop();
    const contents = await contentsOf(from);
    expect(contents.map(([name]) => name)).toEqual(expect.arrayContaining(['canary_execution', 'store_version']));

    const [dump, restore] = manualCommands();
    inShell(dump.replace(ADDRESS, from), folder);
    inShell(restore.replace(ADDRESS, to), folder);
    expect(await contentsOf(to)).toEqual(contents);
    expect(await query(to, "select 1 from information_schema.schemata where schema_name = 'pgboss'")).toEqual([]);
    const again = await start(to);
    expect(await answersOf(again.baseUrl, answers)).toEqual(answers);
    await again.stop();
  });
});

const ADDRESS = 'postgres://haldane@db.internal:5432/haldane';

function configFile(config: object): string {
  const file = join(temporaryDirectory(), 'haldane.yml');
  writeFileSync(file, JSON.stringify(config));
  return file;
}

/** `pg_dump` and `pg_restore`, as the manual has them. */
function manualCommands(): [string, string] {
  const lines = readFileSync('src/store/README.md', 'utf8').split('\n');
  const find = (program: string) => lines.find((line) => line.startsWith(`${program} `)) ?? `${program} is not there`;
  return [find('pg_dump'), find('pg_restore')];
}

function inShell(command: string, cwd: string): void {
  const folder = findPostgres('pg_dump')?.replace(/\/pg_dump$/, '');
  execFileSync('bash', ['-euc', command], { cwd, env: { ...process.env, PATH: `${folder}:${process.env.PATH}` } });
}

interface Answer {
  readonly pipelineId: string;
  readonly complete: boolean;
  readonly callback?: unknown;
}

/** What clients see of configs and ended runs; not how their callbacks stand, which are still tried. */
async function answersOf(baseUrl: string, known?: { readonly ended: readonly Answer[] }) {
  const ask = async (path: string) => (await fetch(baseUrl + path)).json();
  const runs = known?.ended ?? ((await ask('/canary/executions?application=*&limit=99')) as Answer[]);
  const answers = await Promise.all(runs.map(({ pipelineId }) => ask(`/canary/${pipelineId}`) as Promise<Answer>));
  const ended = answers.filter(({ complete }) => complete).map(({ callback: _, ...answer }) => answer);
  expect(ended.length).toBeGreaterThan(5);
  return { configs: await ask('/canaryConfig'), ended };
}
