import { spawnSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import type { CanaryExecution } from '../src/domain/canary-execution.ts';
import type { Store } from '../src/domain/stores.ts';
import { openSqlite } from '../src/store/sqlite-database.ts';
import { openStore } from '../src/store/store.ts';
import { configOf, requestOf } from './support/requests.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

const STORES = { sqlite: (directory: string) => openStore(openSqlite(directory), () => 1_767_225_600_000) };

const execution = (id: string, changes: Partial<CanaryExecution> = {}): CanaryExecution => ({
  id,
  application: 'shop',
  canaryConfigId: 'ad-hoc',
  config: configOf(1),
  request: requestOf(),
  storageAccountName: 'haldane',
  metricsAccountName: 'prom',
  status: 'not_started',
  stageStatus: { judge: 'not_started' },
  buildTime: 1,
  ...changes,
});

describe.each(Object.entries(STORES))('the %s store', (_, open) => {
  const opened: Store[] = [];
  const openIn = async (directory = temporaryDirectory()) => {
    const store = await open(directory);
    opened.push(store);
    return store;
  };
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });

  it('keeps a run, and what changed in it, over a restart', async () => {
    const directory = temporaryDirectory();
    const first = await open(directory);
    await first.executions.create(execution('01A'));
    expect(await first.executions.update('01A', { status: 'running', startTime: 2 })).toBe(true);
    await first.close();
    const second = await openIn(directory);
    expect(await second.executions.get('01A')).toEqual({
      ...execution('01A', { status: 'running', startTime: 2 }),
      exception: undefined,
      result: undefined,
      metricSetPairListId: undefined,
      endTime: undefined,
    });
    expect(await second.executions.unfinished()).toEqual(['01A']);
  });

  it('never changes a run that has ended', async () => {
    const { executions } = await openIn();
    await executions.create(execution('01A'));
    expect(await executions.update('01A', { status: 'canceled' })).toBe(true);
    expect(await executions.update('01A', { status: 'succeeded' })).toBe(false);
    expect((await executions.get('01A'))?.status).toBe('canceled');
    expect(await executions.unfinished()).toEqual([]);
    expect(await executions.update('unknown', { status: 'running' })).toBe(false);
  });

  it('refuses two runs of one id', async () => {
    const { executions } = await openIn();
    await executions.create(execution('01A'));
    await expect(executions.create(execution('01A'))).rejects.toThrow(/unique|duplicate/i);
  });

  it('keeps series with their gaps and infinities', async () => {
    const { metricSetPairLists } = await openIn();
    const pair = {
      name: 'm',
      id: 'p',
      tags: {},
      values: { control: [1, Number.NaN], experiment: [Number.POSITIVE_INFINITY, -0.1] },
    };
    await metricSetPairLists.put('list', [pair]);
    expect(await metricSetPairLists.get('list')).toEqual([pair]);
    expect(await metricSetPairLists.keys()).toEqual([{ id: 'list', updatedTimestamp: 1_767_225_600_000 }]);
    expect([await metricSetPairLists.delete('list'), await metricSetPairLists.delete('list')]).toEqual([true, false]);
    expect(await metricSetPairLists.get('list')).toBeUndefined();
  });

  it('keeps nothing of a config that is refused', async () => {
    const { canaryConfigs } = await openIn();
    await canaryConfigs.create({ ...configOf(1), id: 'a' });
    await expect(canaryConfigs.create({ ...configOf(1), id: 'b' })).rejects.toThrow(/already exists/);
    expect((await canaryConfigs.list([])).map(({ id }) => id)).toEqual(['a']);
  });

  it('lets one of many equal configs written at once win', async () => {
    const { canaryConfigs } = await openIn();
    const writes = ['a', 'b', 'c', 'd'].map((id) => canaryConfigs.create({ ...configOf(1), id }));
    const outcomes = await Promise.allSettled(writes);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('the embedded store', () => {
  it('refuses a second process on the same folder, and says what to do', async () => {
    const directory = temporaryDirectory();
    const store = await STORES.sqlite(directory);
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
