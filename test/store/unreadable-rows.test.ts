import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const FIXTURE = fileURLToPath(new URL('../fixtures/store/0.1.0.sqlite', import.meta.url));
const GARBAGE = Buffer.from('not gzip');
const OTHER_SHAPE = gzipSync('{"config":7}');

const services: TestService[] = [];
afterEach(async () => {
  for (const service of services.splice(0)) await service.close();
});

interface Damaged {
  readonly ask: (url: string, method?: 'GET' | 'PUT' | 'DELETE') => Promise<{ status: number; body: string }>;
  readonly rows: (sql: string) => Record<string, unknown>[];
  readonly log: Record<string, unknown>[];
}

/** The service on a store of 0.1.0 of which something is damaged. */
async function damaged(change: string, ...values: SQLInputValue[]): Promise<Damaged> {
  const dataDir = temporaryDirectory();
  const file = join(dataDir, 'haldane.sqlite');
  copyFileSync(FIXTURE, file);
  const database = new DatabaseSync(file);
  database.prepare(change).run(...values);
  const rows = (sql: string) => database.prepare(sql).all() as Record<string, unknown>[];
  const before = Object.fromEntries(
    ['canary_execution', 'standalone_analysis'].map((table) => [table, rows(`select * from ${table}`)]),
  );
  database.close();
  const log: Record<string, unknown>[] = [];
  const service = await createTestService({
    dataDir,
    log: pino({ level: 'warn' }, { write: (line: string) => log.push(JSON.parse(line)) }),
  });
  services.push(service);
  await service.resume();
  return {
    ask: async (url, method = 'GET') => {
      const answer = await service.http.inject({ method, url });
      return { status: answer.statusCode, body: answer.body };
    },
    rows: (table) => before[table] ?? [],
    log,
  };
}

const SUCCEEDED = "select id from canary_execution where status = 'succeeded' order by id limit 1";
const CANNOT = /The stored (run|analysis) cannot be read: /;

async function everyForm({ ask }: Damaged, id: string): Promise<void> {
  for (const url of ['', '.html', '.md', '.junit.xml', '.json'].map((ending) => `/reports/${id}${ending}`)) {
    const answer = await ask(url);
    expect(answer.status, url).toBe(200);
    expect(answer.body, url).toMatch(CANNOT);
  }
  for (const url of [
    '/',
    '/canary/executions?application=*',
    '/canaryResultArchive',
    '/pipelines',
    '/?show=analyses',
  ]) {
    expect(await ask(url), url).toMatchObject({ status: 200 });
  }
}

describe('a run of which a part cannot be read', () => {
  it.each([
    ['request', GARBAGE],
    ['request', OTHER_SHAPE],
    ['request', gzipSync('{"config":').subarray(0, 15)],
    ['result', GARBAGE],
    ['result', gzipSync('{"judgeResult":{}}')],
    ['exception', '{"timestamp":"never"}'],
    ['exception', 'no JSON'],
    ['status', 'exploded'],
    ['build_time', 9e15],
    ['end_time', 9e15],
  ])('has no verdict in any form, and lists go on: %s', async (column, value) => {
    const service = await damaged(`update canary_execution set ${column} = ? where id = (${SUCCEEDED})`, value);
    const damagedRow = service.rows('canary_execution').find((row) => {
      const found = row[column];
      return found instanceof Uint8Array ? Buffer.compare(found, Buffer.from(value as Buffer)) === 0 : found === value;
    });
    const ofRow = String(damagedRow?.id);
    const run = await service.ask(`/canary/${ofRow}`);
    expect(run.status).toBe(200);
    const body = JSON.parse(run.body);
    expect(body).toMatchObject({
      status: 'terminal',
      complete: true,
      exception: { exceptionType: 'OBJECT_UNREADABLE' },
    });
    expect(body).not.toHaveProperty('result');
    expect(body.exception.details.errors[0]).toContain(`cannot be read: ${column}: `);
    await everyForm(service, ofRow);
    expect(service.log.filter(({ msg }) => msg === 'stored row cannot be read')).toMatchObject([
      { table: 'canary_execution', id: ofRow },
    ]);
    expect((await service.ask(`/canary/${ofRow}`, 'DELETE')).status).toBe(204);
  });

  it.each([
    ['stage_status', 'no JSON'],
    ['fetches', GARBAGE],
  ])('keeps its verdict without its progress: %s', async (column, value) => {
    const service = await damaged(`update canary_execution set ${column} = ? where id = (${SUCCEEDED})`, value);
    for (const { id } of service.rows('canary_execution')) {
      expect((await service.ask(`/canary/${id}`)).body).not.toMatch(CANNOT);
    }
    expect(service.log).toMatchObject([{ table: 'canary_execution', msg: 'stored row cannot be read' }]);
  });

  it('does not stop the start when it had not ended; it then ends as terminal', async () => {
    const unfinish = "status = 'running', request = ?, result = null, verdict = null, end_time = null";
    const service = await damaged(`update canary_execution set ${unfinish} where id = (${SUCCEEDED})`, GARBAGE);
    const id = service.rows('canary_execution').find(({ status }) => status === 'running')?.id;
    const ended = async () =>
      JSON.parse((await service.ask('/canaryResultArchive')).body).map((key: { id: string }) => key.id);
    await expect.poll(ended).toContain(id);
    await everyForm(service, String(id));
  });
});

describe('an analysis of which a part cannot be read', () => {
  it.each([
    ['running', 'request', GARBAGE],
    ['running', 'progress', GARBAGE],
    ['succeeded', 'progress', gzipSync('{"result":{}}')],
    ['succeeded', 'request', OTHER_SHAPE],
  ])('ends and is shown as unreadable: %s, %s', async (status, column, value) => {
    const which = `select id from standalone_analysis where status = '${status}' order by id limit 1`;
    const service = await damaged(`update standalone_analysis set ${column} = ? where id = (${which})`, value);
    const id = service.rows('standalone_analysis').find((row) => row.status === status)?.id;
    const answer = async () => JSON.parse((await service.ask(`/standalone_canary_analysis/${id}`)).body);
    await expect.poll(answer).toMatchObject({ complete: true, exception: { exceptionType: 'OBJECT_UNREADABLE' } });
    expect((await service.ask(`/reports/${id}`)).body).toMatch(CANNOT);
    expect((await service.ask('/?show=analyses')).body).toMatch(CANNOT);
    expect((await service.ask(`/standalone_canary_analysis/${id}/cancel`, 'PUT')).status).toBe(202);
    expect((await service.ask(`/standalone_canary_analysis/${id}`, 'DELETE')).status).toBe(204);
  });
});

describe('what else cannot be read', () => {
  it.each([
    ['metric_set_list', '/metricSetList'],
    ['metric_set_pair_list', '/metricSetPairList'],
    ['judge_comparison', '/judges/comparison'],
  ])('is a 410 with its name, the rest goes on: %s', async (table, path) => {
    const service = await damaged(`update ${table} set document = ?`, GARBAGE);
    const ids = path.startsWith('/judges') ? [] : JSON.parse((await service.ask(path)).body);
    for (const { id } of ids) {
      const answer = await service.ask(`${path}/${id}`);
      expect(answer.status).toBe(410);
      expect(answer.body).toMatch(/The stored metric set (pair )?list '.*' cannot be read: incorrect header check/);
    }
    for (const { id } of service.rows('canary_execution')) {
      expect((await service.ask(`/reports/${id}`)).status).toBe(200);
    }
  });

  it('is a config: the list names it and says why, and it can be replaced or deleted', async () => {
    const service = await damaged("update canary_config set document = '{' where id = 'config-1'");
    const listed = JSON.parse((await service.ask('/canaryConfig')).body);
    expect(listed).toMatchObject([{ id: 'cmp-1' }, { id: 'config-1', applications: ['shop', 'web'] }]);
    expect(listed[1].unreadable).toMatch(/^document: /);
    expect((await service.ask('/configs')).body).toContain('cannot be read');
    expect((await service.ask('/')).status).toBe(200);
    for (const url of ['/canaryConfig/config-1', '/configs/config-1']) {
      expect(await service.ask(url)).toMatchObject({ status: 410 });
    }
    expect((await service.ask('/canaryConfig/config-1', 'DELETE')).status).toBe(204);
  });

  it('is the record of a callback: its run is shown without it', async () => {
    const service = await damaged("update callback_delivery set log = 'x', status = 'y', url = 'z'");
    for (const { id } of service.rows('canary_execution')) {
      expect((await service.ask(`/canary/${id}`)).status).toBe(200);
    }
  });
});
