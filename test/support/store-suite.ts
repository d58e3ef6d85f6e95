import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type Backtest, BacktestOptions } from '../../src/domain/backtest.ts';
import { emptyTally } from '../../src/domain/backtest-tally.ts';
import type { Run } from '../../src/domain/run.ts';
import { CanaryAnalysisExecutionRequest, type StandaloneAnalysis } from '../../src/domain/standalone-analysis.ts';
import type { AnalysisFilter, EndedWithin, Store } from '../../src/domain/stores.ts';
import { configOf, requestOf } from './http/requests.ts';

export interface StoreUnderTest {
  readonly name: string;
  /** @returns where an empty store is: a folder, or an address */
  newPlace(): Promise<string>;
  /** Opens the store that is there; what it writes is dated 2026-01-01 */
  open(place: string): Promise<Store>;
}

export const STORE_TIME = Date.parse('2026-01-01T00:00:00Z');

/** A run as it is accepted. */
export const run = (id: string, changes: Partial<Run> = {}): Run => ({
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

/** An analysis as it is accepted. */
const analysis = (id: string, changes: Partial<StandaloneAnalysis> = {}): StandaloneAnalysis => ({
  id,
  version: 0,
  application: 'shop',
  user: 'anonymous',
  config: configOf(1),
  request: CanaryAnalysisExecutionRequest.parse({ scopes: [{}] }),
  storageAccountName: 'haldane',
  metricsAccountName: 'prom',
  status: 'not_started',
  buildTime: 1,
  ...changes,
});

/** A backtest as it is accepted. */
const backtest = (id: string, changes: Partial<Backtest> = {}): Backtest => ({
  id,
  application: 'shop',
  config: configOf(1),
  request: requestOf(),
  options: BacktestOptions.parse({ windowMinutes: 60 }),
  metricsAccountName: 'prom',
  windows: 9,
  judges: ['FakeJudge-v1.0'],
  everyWindow: 1,
  status: 'not_started',
  tally: emptyTally(),
  buildTime: 1,
  ...changes,
});

/** What every store must do, whatever it stands on. */
export function describeStore({ name, newPlace, open }: StoreUnderTest): void {
  describe(`the ${name} store`, () => {
    const opened: Store[] = [];
    const openIn = async (place?: string) => {
      const store = await open(place ?? (await newPlace()));
      opened.push(store);
      return store;
    };
    const reopened = async (store: Store, place: string) => {
      await store.close();
      opened.splice(opened.indexOf(store), 1);
      return openIn(place);
    };
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
    });

    it('keeps a run, and what changed in it, over a restart', async () => {
      const place = await newPlace();
      const first = await open(place);
      await first.runs.create(run('01A'));
      expect(await first.runs.update('01A', { status: 'running', startTime: 2 })).toBe(true);
      await first.close();
      const second = await openIn(place);
      expect(await second.runs.get('01A')).toEqual({
        ...run('01A', { status: 'running', startTime: 2 }),
        exception: undefined,
        result: undefined,
        metricSetPairListId: undefined,
        endTime: undefined,
      });
      expect(await second.runs.unfinished()).toEqual(['01A']);
    });

    it('lists nothing when no state or no verdict is wanted', async () => {
      const { runs } = await openIn();
      await runs.create(run('01A'));
      expect(await runs.list({ statuses: [], limit: 10 })).toEqual([]);
      expect(await runs.list({ verdicts: [], limit: 10 })).toEqual([]);
    });

    it('never changes a run that has ended', async () => {
      const { runs } = await openIn();
      await runs.create(run('01A'));
      expect(await runs.update('01A', { status: 'canceled' })).toBe(true);
      expect(await runs.update('01A', { status: 'succeeded' })).toBe(false);
      expect((await runs.get('01A'))?.status).toBe('canceled');
      expect(await runs.unfinished()).toEqual([]);
      expect(await runs.update('unknown', { status: 'running' })).toBe(false);
    });

    it('keeps what gates were asked about over a restart, lets one of two writers win, and forgets what is old', async () => {
      const place = await newPlace();
      const { gates } = await openIn(place).then((store) => reopened(store, place));
      const release = { begunMillis: 5, latest: { runId: 'r', endMillis: 9 }, marks: { step: 7 } };
      const first = await Promise.all([1, 2].map(() => gates.put({ key: 'k', version: 0, release }, 10)));
      expect(first.toSorted()).toEqual([false, true]);
      expect(await gates.get('k')).toEqual({ key: 'k', version: 1, release });
      const next = { ...release, marks: {} };
      expect(await gates.put({ key: 'k', version: 1, release: next }, 11)).toBe(true);
      expect(await gates.put({ key: 'k', version: 1, release }, 12)).toBe(false);
      expect(await gates.get('k')).toEqual({ key: 'k', version: 2, release: next });
      expect([await gates.prune(11), await gates.prune(12), await gates.get('k')]).toEqual([0, 1, undefined]);
    });

    it('keeps whom others told of a verdict, of runs that have ended too, and none is lost to another', async () => {
      const { runs } = await openIn();
      await runs.create({ ...run('01D'), status: 'succeeded', endTime: 2 });
      const told = (receiver: string) => ({ at: '2026-01-01T00:00:00Z', receiver, status: 200 });
      const noted = await Promise.all(['a', 'b', 'c'].map((receiver) => runs.noteDelivery('01D', told(receiver))));
      expect(noted).toEqual([true, true, true]);
      const { deliveries = [] } = (await runs.get('01D')) ?? {};
      expect(deliveries.map(({ receiver }) => receiver).toSorted()).toEqual(['a', 'b', 'c']);
      expect(await runs.noteDelivery('none', told('a'))).toBe(false);
      await runs.delete('01D');
    });

    it('refuses two runs of one id', async () => {
      const { runs } = await openIn();
      await runs.create(run('01A'));
      await expect(runs.create(run('01A'))).rejects.toThrow(/unique|duplicate/i);
    });

    it('gives a run to one at a time, and to the next when the lease has run out or was given back', async () => {
      const { runs } = await openIn();
      await runs.create(run('01A'));
      const claims = await Promise.all([1, 2, 3, 4].map(() => runs.claim('01A', 60_000)));
      expect(claims.map((claim) => claim?.attempt).filter((attempt) => attempt !== undefined)).toEqual([1]);
      expect(await runs.extend('01A', 1, -60_000)).toBe(true);
      expect(await runs.claim('01A', 60_000)).toMatchObject({ attempt: 2 });
      await runs.release('01A', 1);
      expect(await runs.claim('01A', 60_000)).toBeUndefined();
      await runs.release('01A', 2);
      expect(await runs.claim('01A', 60_000)).toMatchObject({ attempt: 3 });
    });

    it('counts the attempts whose process ended before it reported back, and no others', async () => {
      const place = await newPlace();
      const lostBy = async (work: (store: Store) => Promise<unknown>) => {
        const store = await open(place);
        await work(store);
        await store.close();
      };
      await lostBy(({ runs }) => runs.create(run('01A')));
      await lostBy(({ runs }) => runs.claim('01A', -1));
      await lostBy(async ({ runs }) => {
        expect(await runs.claim('01A', -1)).toMatchObject({ attempt: 2, lostAttempts: 1 });
        expect(await runs.claim('01A', 60_000)).toMatchObject({ attempt: 3, lostAttempts: 1 });
        await runs.release('01A', 3);
      });
      await lostBy(async ({ runs }) => {
        const claimed = { attempt: 4, lostAttempts: 1, stageStatus: { judge: 'not_started' } };
        expect(await runs.claim('01A', -1)).toEqual(claimed);
      });
      await lostBy(async ({ runs }) => {
        expect(await runs.claim('01A', -1)).toMatchObject({ lostAttempts: 2 });
        await runs.reportLate('01A');
        expect(await runs.claim('01A', -1)).toMatchObject({ lostAttempts: 1 });
      });
    });

    it('counts the lost steps of an analysis and attempts of a callback until one reports back', async () => {
      const place = await newPlace();
      const callback = { id: 'c', url: 'https://ci.example.org/', status: 'pending' as const, attemptCount: 0 };
      const lost: (number | undefined)[] = [];
      for (let process = 0; process < 5; process++) {
        const { analyses, callbacks, close } = await open(place);
        if (process === 0) await analyses.create(analysis('01S', { callback: { ...callback, attempts: [] } }));
        lost.push(await analyses.beginAttempt('01S'), await callbacks.beginAttempt('c'));
        if (process === 2) await Promise.all([analyses.reportBack('01S'), callbacks.reportBack('c')]);
        await close();
      }
      expect(lost).toEqual([0, 0, 1, 1, 2, 2, 0, 0, 1, 1]);
    });

    it('lists runs nobody works on, but not those just accepted', async () => {
      const { runs } = await openIn();
      for (const id of ['01A', '01B', '01C', '01D']) await runs.create(run(id));
      await runs.create(run('01E', { buildTime: 9 }));
      await runs.claim('01A', -1);
      await runs.claim('01B', 60_000);
      await runs.update('01C', { status: 'canceled' });
      expect(await runs.abandoned({ acceptedBefore: 9, limit: 9 })).toEqual(['01A', '01D']);
      expect(await runs.abandoned({ acceptedBefore: 9, limit: 1 })).toEqual(['01A']);
    });

    it('counts what has not ended by application and state, and says how long the oldest has been due', async () => {
      const { runs } = await openIn();
      const now = Date.now();
      await runs.create(run('01A', { application: 'shop', buildTime: now - 60_000 }));
      await runs.create(run('01B', { application: 'shop', buildTime: now - 90_000, waitsUntil: now - 30_000 }));
      await runs.create(run('01C', { application: 'shop', buildTime: now, waitsUntil: now + 3_600_000 }));
      await runs.create(run('01D', { application: 'cart', status: 'running', buildTime: now - 1000 }));
      await runs.create(run('01E', { application: 'cart', status: 'succeeded', buildTime: now }));
      const backlog = await runs.backlog();
      const sorted = backlog.toSorted((a, b) => (a.state < b.state ? -1 : 1));
      const shop = { application: 'shop', oldestMillis: expect.any(Number) };
      expect(sorted).toEqual([
        { ...shop, state: 'queued', runs: 2 },
        { ...shop, application: 'cart', state: 'running', runs: 1 },
        { ...shop, state: 'waiting', runs: 1 },
      ]);
      const [queued, , waiting] = sorted;
      expect(queued?.oldestMillis).toBeGreaterThanOrEqual(60_000);
      expect(queued?.oldestMillis).toBeLessThan(85_000);
      expect(waiting?.oldestMillis).toBeLessThan(0);
    });

    it('keeps a run that waits for its window from workers until then, and does not call it abandoned', async () => {
      const place = await newPlace();
      const first = await open(place);
      const waitsUntil = Date.now() + 3_600_000;
      await first.runs.create(run('01A', { waitsUntil }));
      await first.runs.create(run('01B', { waitsUntil: Date.now() - 1000, partial: true }));
      await first.close();
      const { runs } = await openIn(place);
      expect(await runs.unfinished()).toEqual(['01A', '01B']);
      expect(await runs.abandoned({ acceptedBefore: 9, limit: 9 })).toEqual(['01B']);
      expect(await runs.claim('01A', 60_000)).toBeUndefined();
      expect(await runs.claim('01B', 60_000)).toMatchObject({ attempt: 1 });
      expect((await runs.get('01A'))?.waitsUntil).toBe(waitsUntil);
      const [second, oldest] = await runs.lines({ limit: 9 });
      expect([second?.partial, oldest?.waitsUntil]).toEqual([true, waitsUntil]);
      expect(await runs.prune({ endedBefore: Date.now(), keep: 1, limit: 9 })).toBe(0);
      expect(await runs.update('01A', { status: 'canceled', endTime: 9 })).toBe(true);
    });

    it('finds the runs that ended within a time, latest first, and those that have not ended', async () => {
      const { runs } = await openIn();
      const ends = { '01A': 1000, '01B': 3000, '01C': 2000, '01D': 4000 };
      for (const [id, endTime] of Object.entries(ends)) {
        await runs.create(run(id, { application: id === '01B' ? 'other' : 'shop' }));
        await runs.update(id, { status: 'succeeded', endTime });
      }
      await runs.create(run('01E', { application: 'other' }));
      await runs.create(run('01F', { application: 'shop' }));
      const found = async (within: Partial<EndedWithin> = {}) =>
        (await runs.linesWithin({ after: 1000, until: 3000, limit: 9, ...within })).map(({ id }) => id);
      expect(await found()).toEqual(['01B', '01C', '01F', '01E']);
      expect(await found({ application: 'shop' })).toEqual(['01C', '01F']);
      expect(await found({ within: ['shop', 'none'] })).toEqual(['01C', '01F']);
      expect(await found({ within: ['other'], application: 'shop' })).toEqual([]);
      expect(await found({ within: [] })).toEqual([]);
      expect(await found({ limit: 1 })).toEqual(['01B', '01F']);
      expect(await found({ until: 9000, after: 0 })).toEqual(['01D', '01B', '01C', '01A', '01F', '01E']);
    });

    it('refuses what a former attempt writes', async () => {
      const { runs } = await openIn();
      await runs.create(run('01A'));
      await runs.claim('01A', -1);
      await runs.claim('01A', 60_000);
      expect(await runs.update('01A', { status: 'terminal', endTime: 9 }, 1)).toBe(false);
      expect(await runs.extend('01A', 1, 60_000)).toBe(false);
      expect(await runs.update('01A', { status: 'running', startTime: 2 }, 2)).toBe(true);
      expect(await runs.get('01A')).toMatchObject({ status: 'running', startTime: 2, endTime: undefined });
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
      expect(await metricSetPairLists.texts('none')).toBeUndefined();
      for await (const text of (await metricSetPairLists.texts('list')) ?? [])
        expect(JSON.parse(text)).toMatchObject({ id: pair.id, values: { experiment: ['Infinity', -0.1] } });
      expect(await metricSetPairLists.keys()).toEqual([{ id: 'list', updatedTimestamp: STORE_TIME }]);
      expect([await metricSetPairLists.delete('list'), await metricSetPairLists.delete('list')]).toEqual([true, false]);
      expect(await metricSetPairLists.get('list')).toBeUndefined();
    });

    it('says how far runs are, in one query, with a revision that changes with what is shown', async () => {
      const { runs } = await openIn();
      for (const id of ['01A', '01B']) await runs.create(run(id));
      const revisions = new Set<string | undefined>();
      const look = async () => {
        const states = await runs.states(['01A', '01B', 'none']);
        expect([...states.keys()].sort()).toEqual(['01A', '01B']);
        revisions.add(states.get('01A')?.revision);
        return states.get('01A')?.complete;
      };
      expect([await look(), await look()]).toEqual([false, false]);
      await runs.update('01A', { status: 'running', startTime: 3 });
      await look();
      await runs.update('01A', { stageStatus: { mix: 'running' } });
      await look();
      await runs.update('01A', { status: 'canceled', endTime: 5 });
      expect(await look()).toBe(true);
      expect(revisions.size).toBe(4);
      expect(await runs.states([])).toEqual(new Map());
    });

    it('keeps the series of a run together with their id on it, and neither for a former attempt or an ended run', async () => {
      const { runs, metricSetPairLists } = await openIn();
      const pair = { name: 'm', id: 'p', tags: {}, values: { control: [1], experiment: [Number.NaN] } };
      const keep = (id: string, attempt: number) =>
        runs.saveSeries('01A', { metricSetPairListId: id, pairs: [pair], stageStatus: { mix: 'succeeded' } }, attempt);
      await runs.create(run('01A'));
      await runs.claim('01A', -1);
      await runs.claim('01A', 60_000);
      expect([await keep('former', 1), await keep('mine', 2)]).toEqual([false, true]);
      expect(await runs.get('01A')).toMatchObject({
        metricSetPairListId: 'mine',
        stageStatus: { mix: 'succeeded' },
      });
      expect(await metricSetPairLists.get('mine')).toEqual([pair]);
      await runs.update('01A', { status: 'canceled', endTime: 5 });
      expect(await keep('late', 2)).toBe(false);
      expect((await metricSetPairLists.keys()).map(({ id }) => id)).toEqual(['mine']);
    });

    it('keeps a callback with its run, gives it out once that has ended, and forgets it with the run', async () => {
      const { runs, callbacks } = await openIn();
      const callback = { id: 'c', url: 'https://ci.example.org/', status: 'pending' as const, attemptCount: 0 };
      await runs.create(run('01A', { callback: { ...callback, attempts: [] } }));
      await runs.create(run('01B'));
      expect(await callbacks.pending()).toEqual([]);
      await runs.update('01A', { status: 'canceled', endTime: 5 });
      expect(await callbacks.pending()).toEqual([{ id: 'c', url: expect.any(String), nextAt: undefined }]);
      expect(await callbacks.pendingOf('canary', '01A')).toMatchObject({ id: 'c' });
      const tried = { ...callback, attemptCount: 1, attempts: [{ at: 'now', status: 503, millis: 7 }], nextAt: 9 };
      expect([await callbacks.record(tried), await callbacks.record(tried)]).toEqual([true, false]);
      expect(await callbacks.get('c')).toEqual({ ...tried, target: 'canary', targetId: '01A' });
      expect((await runs.get('01A'))?.callback).toEqual(tried);
      const listed = await runs.list({ application: 'shop', limit: 9 });
      expect(listed.map((run) => run.callback?.id)).toEqual([undefined, 'c']);
      await runs.delete('01A');
      expect(await callbacks.get('c')).toBeUndefined();
    });

    it('counts the age of an imported run from its import, and forgets its series with it', async () => {
      const place = await newPlace();
      const store = await openIn(place);
      const ended = { status: 'succeeded', buildTime: 10 } as const;
      for (const id of ['imported', 'own', 'endless', 'future']) await store.metricSetPairLists.put(`of-${id}`, []);
      await store.runs.create(
        run('imported', { ...ended, endTime: 20, importedAt: 1000, metricSetPairListId: 'of-imported' }),
      );
      await store.runs.create(run('own', { ...ended, endTime: 20, metricSetPairListId: 'of-own' }));
      await store.runs.create(run('endless', { ...ended, importedAt: 1000, metricSetPairListId: 'of-endless' }));
      await store.runs.create(
        run('future', { ...ended, endTime: 5000, importedAt: 1000, metricSetPairListId: 'of-future' }),
      );
      await store.runs.create(run('canceled', { ...ended, status: 'canceled' }));
      await store.runs.create(run('waits', { buildTime: 10 }));
      const prune = (endedBefore: number) => store.runs.prune({ endedBefore, keep: undefined, limit: 10 });
      expect(await prune(20)).toBe(1);
      expect(await prune(1000)).toBe(1);
      expect((await store.runs.ids()).sort()).toEqual(['endless', 'future', 'imported', 'waits']);
      expect(await (await reopened(store, place)).runs.get('imported')).toMatchObject({
        importedAt: 1000,
        endTime: 20,
      });
      const again = opened.at(-1) as Store;
      expect(await again.runs.prune({ endedBefore: 1001, keep: undefined, limit: 10 })).toBe(3);
      expect(await again.runs.ids()).toEqual(['waits']);
      expect(await again.metricSetPairLists.keys()).toEqual([]);
    });

    it('deletes old comparisons and lists, but no series that a run refers to', async () => {
      const store = await openIn();
      for (const id of ['of-run', 'of-nobody', 'of-deleted']) await store.metricSetPairLists.put(id, []);
      await store.metricSetLists.put('fetched', []);
      await store.judgeComparisons.put('compared', {});
      await store.runs.create(run('01A', { metricSetPairListId: 'of-run' }));
      await store.runs.create(run('01B', { status: 'canceled', metricSetPairListId: 'of-deleted' }));
      await store.runs.delete('01B');
      const prune = (storedBefore: number, limit = 10) => store.upkeep.pruneObjects({ storedBefore, limit });
      expect(await prune(STORE_TIME)).toBe(0);
      expect(await store.upkeep.timeOfOldest(1)).toBe(STORE_TIME);
      expect(await prune(STORE_TIME + 1, 1)).toBe(1);
      expect(await prune(STORE_TIME + 1)).toBe(3);
      expect((await store.metricSetPairLists.keys()).map(({ id }) => id)).toEqual(['of-run']);
      expect(await store.upkeep.counts()).toEqual({
        canaryConfigs: 0,
        runs: 1,
        standaloneAnalyses: 0,
        metricSetPairLists: 1,
        metricSetLists: 0,
        judgeComparisons: 0,
        callbacks: 0,
      });
    });

    it('knows what is old, of every kind, and how much room there is when it is gone', async () => {
      const { runs, analyses, metricSetPairLists, upkeep } = await openIn();
      expect(await upkeep.timeOfOldest(10)).toBeUndefined();
      const empty = await upkeep.usedBytes();
      const values = { control: Array.from({ length: 20_000 }, Math.random), experiment: [] };
      for (const [index, id] of ['01A', '01B', '01C'].entries()) {
        await metricSetPairLists.put(`of-${id}`, [{ name: 'm', id: 'm', tags: {}, values }]);
        const times = { buildTime: 1, endTime: 100 + index, metricSetPairListId: `of-${id}` };
        await runs.create(run(id, { status: 'succeeded', ...times }));
      }
      await runs.create(run('01D', { status: 'succeeded', endTime: 50, importedAt: 500 }));
      await runs.create(run('01E'));
      await analyses.create(analysis('01F', { status: 'succeeded', endTime: 300 }));
      expect(await upkeep.usedBytes()).toBeGreaterThan(empty + 100_000);
      expect(await upkeep.timeOfOldest(1)).toBe(100);
      expect(await upkeep.timeOfOldest(2)).toBe(101);
      expect(await upkeep.timeOfOldest(9)).toBe(102);
      expect(await runs.prune({ endedBefore: 103, keep: undefined, limit: 10 })).toBe(3);
      expect(await upkeep.timeOfOldest(9)).toBe(300);
      expect(await upkeep.usedBytes()).toBeLessThan(empty + 100_000);
    });

    it('lists runs without what is large, as it lists them whole', async () => {
      const { runs } = await openIn();
      const score = { score: 39.5, classification: 'Fail', classificationReason: '' };
      const result = { judgeResult: { judgeName: 'j', results: [], groupScores: [], score } };
      await runs.create(run('01A'));
      await runs.create(run('01B', { buildTime: 2, application: 'other' }));
      await runs.update('01A', { status: 'succeeded', result, startTime: 3, endTime: 4 });
      const lines = await runs.lines({ limit: 9 });
      expect(lines.map(({ id, verdict, score: points }) => [id, verdict, points])).toEqual([
        ['01B', undefined, undefined],
        ['01A', 'Fail', 39.5],
      ]);
      const { configName, verdict: _verdict, score: _score, overNothing: _overNothing, ...same } = lines[1] ?? {};
      expect(configName).toBe('checkout');
      expect(await runs.get('01A')).toMatchObject(same);
      expect((await runs.lines({ limit: 9, verdicts: ['Fail'] })).map(({ id }) => id)).toEqual(['01A']);
      expect(await runs.lines({ limit: 9, verdicts: [] })).toEqual([]);
    });

    it('says how runs ended, newest first, without those that have not', async () => {
      const { runs } = await openIn();
      const score = { score: 97, classification: 'Pass', classificationReason: '' };
      const result = { judgeResult: { judgeName: 'j', results: [], groupScores: [], score } };
      await runs.create(run('01A', { canaryConfigId: 'c' }));
      await runs.create(run('01B', { buildTime: 2 }));
      await runs.create(run('01C', { buildTime: 3 }));
      await runs.update('01A', { status: 'succeeded', result, startTime: 3, endTime: 8 });
      await runs.update('01C', { status: 'canceled', endTime: 4 });
      const ended = { verdict: undefined, score: undefined, overNothing: false, durationMillis: undefined };
      const canceled = { ...ended, id: '01C', canaryConfigId: 'ad-hoc', status: 'canceled', buildTime: 3 };
      // Of no metric: a pass over nothing.
      const passed = { id: '01A', canaryConfigId: 'c', status: 'succeeded', buildTime: 1, verdict: 'Pass', score: 97 };
      expect(await runs.outcomes({ limit: 9 })).toEqual([
        canceled,
        { ...passed, overNothing: true, durationMillis: 5 },
      ]);
      expect((await runs.outcomes({ limit: 2 })).map(({ id }) => id)).toEqual(['01C']);
      expect((await runs.outcomes({ limit: 9, canaryConfigId: 'c' })).map(({ id }) => id)).toEqual(['01A']);
      expect(await runs.outcomes({ limit: 9, within: [] })).toEqual([]);
    });

    it('reads the runs of a list as they are taken, not all of them at once', async () => {
      const { runs } = await openIn();
      const ids = Array.from({ length: 25 }, (_, index) => `01${String(index).padStart(2, '0')}`);
      for (const id of ids) await runs.create(run(id, { status: 'succeeded' }));
      const { positions, runs: found } = await runs.read({ limit: 24 });
      const newest = ids.toReversed().slice(0, 24);
      expect(positions.map(({ id }) => id)).toEqual(newest);
      const taken: string[] = [];
      for await (const { id } of found) {
        if (taken.push(id) === 1) await runs.delete('0102');
      }
      expect(taken).toEqual(newest.filter((id) => id !== '0102'));
    });

    it('gives a backtest to one worker, counts lost attempts, and takes nothing from who lost it', async () => {
      const place = await newPlace();
      const store = await openIn(place);
      await store.backtests.create(backtest('01A'));
      expect(await store.backtests.get('01A')).toEqual(backtest('01A'));
      expect(await store.backtests.claim('01A', 60_000)).toEqual({ attempt: 1, lostAttempts: 0 });
      expect(await store.backtests.claim('01A', 60_000)).toBeUndefined();
      const tally = { ...emptyTally(), windows: 7, withoutData: 2 };
      expect(await store.backtests.update('01A', { status: 'running', startTime: 5, tally }, 1)).toBe(true);
      expect(await store.backtests.update('01A', { status: 'running' }, 2)).toBe(false);
      await store.backtests.release('01A', 1);
      expect(await store.backtests.claim('01A', 0)).toEqual({ attempt: 2, lostAttempts: 0 });
      await sleep(5);
      expect(await store.backtests.abandoned({ acceptedBefore: 0, limit: 9 })).toEqual(['01A']);
      // The next process finds an attempt that never reported back.
      const { backtests } = await reopened(store, place);
      expect(await backtests.claim('01A', 60_000)).toEqual({ attempt: 3, lostAttempts: 1 });
      expect(await backtests.extend('01A', 2, 60_000)).toBe(false);
      expect(await backtests.extend('01A', 3, 60_000)).toBe(true);
      expect(await backtests.get('01A')).toEqual(backtest('01A', { status: 'running', startTime: 5, tally }));
    });

    it('keeps what a backtest ended with, and deletes what is old', async () => {
      const { backtests } = await openIn();
      await backtests.create(backtest('01A'));
      const releases = [{ runId: '00A', scopes: { default: { controlScope: { scope: 'v1' } } } }];
      await backtests.create(backtest('01B', { application: 'cart', canaryConfigId: 'c', releases, buildTime: 9 }));
      expect(await backtests.get('01B')).toMatchObject({ canaryConfigId: 'c', releases });
      expect((await backtests.list({ canaryConfigId: 'c', limit: 9 })).map(({ id }) => id)).toEqual(['01B']);
      expect(await backtests.unfinished()).toEqual(['01A', '01B']);
      const own = { judged: 6, fails: 2, marginals: 0, flagged: 3, failed: 0, alarms: [] };
      const judges = { '=first': own, '=second': { ...own, fails: 5 } };
      await backtests.update('01A', { tally: { ...emptyTally(), windows: 7, judges } });
      const [, listed] = await backtests.list({ limit: 9 });
      expect(listed).toMatchObject({ id: '01A', windowsDone: 7, falseAlarms: { count: 2, of: 6 } });
      expect(await backtests.update('01A', { status: 'canceled', endTime: 20 })).toBe(true);
      expect(await backtests.update('01A', { status: 'succeeded' })).toBe(false);
      expect(await backtests.unfinished()).toEqual(['01B']);
      expect((await backtests.list({ limit: 9 })).map(({ id }) => id)).toEqual(['01B', '01A']);
      expect((await backtests.list({ limit: 9, within: ['shop'] })).map(({ id }) => id)).toEqual(['01A']);
      expect(await backtests.list({ limit: 9, within: [] })).toEqual([]);
      expect([await backtests.applicationOf('01B'), await backtests.applicationOf('01X')]).toEqual(['cart', undefined]);
      expect(await backtests.prune({ endedBefore: 20, limit: 9 })).toBe(0);
      expect(await backtests.prune({ endedBefore: 21, limit: 9 })).toBe(1);
      expect([await backtests.delete('01B'), await backtests.delete('01B')]).toEqual([true, false]);
    });

    it('lists analyses newest first, by application, status and time, from any place on', async () => {
      const { analyses } = await openIn();
      await analyses.create(analysis('01A', { buildTime: 5 }));
      await analyses.create(analysis('01B', { buildTime: 5, application: 'other' }));
      await analyses.create(analysis('01C', { buildTime: 4, status: 'canceled', endTime: 9 }));
      const ids = async (filter: Partial<AnalysisFilter>) =>
        (await analyses.list({ limit: 9, ...filter })).map(({ id }) => id);
      expect(await ids({})).toEqual(['01B', '01A', '01C']);
      expect(await ids({ limit: 1 })).toEqual(['01B']);
      expect(await ids({ application: 'shop' })).toEqual(['01A', '01C']);
      expect(await ids({ statuses: ['canceled'] })).toEqual(['01C']);
      expect(await ids({ statuses: [] })).toEqual([]);
      expect(await ids({ from: 5 })).toEqual(['01B', '01A']);
      expect(await ids({ to: 5 })).toEqual(['01C']);
      expect(await ids({ after: { buildTime: 5, id: '01B' } })).toEqual(['01A', '01C']);
      expect((await analyses.list({ limit: 1 }))[0]).toEqual(await analyses.get('01B'));
    });

    it('keeps tokens, one of a name that is not revoked, and when they were used', async () => {
      const place = await newPlace();
      let store = await openIn(place);
      const token = { name: 'ci', hash: 'h', role: 'runner', createdBy: 'ann' } as const;
      const first = { ...token, id: 'a', createdAt: 1, applications: ['shop'], accounts: ['prom'], expiresAt: 9 };
      expect(await store.tokens.create(first)).toBe(true);
      const atOnce = ['b', 'c'].map((id) => store.tokens.create({ ...token, id, createdAt: 2 }));
      expect(await Promise.all(atOnce)).toEqual([false, false]);
      expect(await store.tokens.revoke('a', 5)).toBe(true);
      expect(await store.tokens.revoke('a', 6)).toBe(false);
      expect(await store.tokens.create({ ...token, id: 'd', createdAt: 3 })).toBe(true);
      await store.tokens.used('d', 7);
      store = await reopened(store, place);
      expect(await store.tokens.list()).toEqual([
        { ...token, id: 'd', createdAt: 3, lastUsedAt: 7 },
        { ...first, revokedAt: 5 },
      ]);
      expect(await store.tokens.get('b')).toBeUndefined();
    });

    it('keeps who did what, newest first, until it is old', async () => {
      const { audit } = await openIn();
      const entry = { kind: 'token', who: 'ci', what: 'startCanary', from: '10.1.2.3', status: 200 };
      for (const at of [1, 2, 3]) await audit.add({ ...entry, id: `0${at}`, at, object: `run-${at}` });
      await audit.add({ ...entry, id: '04', at: 4, who: 'ann', what: 'createToken' });
      const ids = async (filter: object) => (await audit.list({ limit: 9, ...filter })).map(({ id }) => id);
      expect(await ids({})).toEqual(['04', '03', '02', '01']);
      expect(await ids({ who: 'ci', before: '03' })).toEqual(['02', '01']);
      expect(await ids({ what: 'createToken' })).toEqual(['04']);
      expect(await audit.list({ object: 'run-2', limit: 9 })).toEqual([{ ...entry, id: '02', at: 2, object: 'run-2' }]);
      await audit.prune(3);
      expect(await ids({})).toEqual(['04', '03']);
    });

    it('says of which application a run or an analysis is', async () => {
      const { runs, analyses } = await openIn();
      await runs.create(run('01A', { application: 'shop' }));
      await analyses.create(analysis('02A', { application: 'cart' }));
      expect([await runs.applicationOf('01A'), await analyses.applicationOf('02A')]).toEqual(['shop', 'cart']);
      expect([await runs.applicationOf('02A'), await analyses.applicationOf('01A')]).toEqual([undefined, undefined]);
      expect((await runs.list({ within: ['shop', 'x'], limit: 9 })).map(({ id }) => id)).toEqual(['01A']);
      expect(await runs.lines({ within: [], limit: 9 })).toEqual([]);
      expect(await analyses.list({ within: ['shop'], limit: 9 })).toEqual([]);
      expect(await analyses.list({ within: [], limit: 9 })).toEqual([]);
    });

    it('keeps nothing of a config that is refused', async () => {
      const { canaryConfigs } = await openIn();
      await canaryConfigs.create({ ...configOf(1), id: 'a' });
      await expect(canaryConfigs.create({ ...configOf(1), id: 'b' })).rejects.toThrow(/already exists/);
      expect((await canaryConfigs.list([])).map(({ id }) => id)).toEqual(['a']);
    });

    it('keeps the last versions of a config until it is deleted, none of which is lost to writers at once', async () => {
      const { canaryConfigs } = await openIn();
      const written = (description: string) => ({ ...configOf(1), id: 'a', description });
      await canaryConfigs.create(written('v1'));
      await canaryConfigs.replace('a', written('v1'));
      expect(await canaryConfigs.versions('a')).toMatchObject([{ version: 1, updatedTimestamp: STORE_TIME }]);
      await Promise.all(['v2', 'v3', 'v4'].map((description) => canaryConfigs.replace('a', written(description))));
      expect((await canaryConfigs.versions('a')).map(({ version }) => version)).toEqual([4, 3, 2, 1]);
      expect(await canaryConfigs.version('a', 1)).toMatchObject({ description: 'v1' });
      expect(await canaryConfigs.version('a', 5)).toBeUndefined();
      for (let version = 5; version <= 52; version++) await canaryConfigs.replace('a', written(`v${version}`));
      const kept = (await canaryConfigs.versions('a')).map(({ version }) => version);
      expect([kept.length, kept.at(0), kept.at(-1)]).toEqual([50, 52, 3]);
      expect(await canaryConfigs.delete('a')).toBe(true);
      expect(await canaryConfigs.versions('a')).toEqual([]);
      expect(await canaryConfigs.version('a', 52)).toBeUndefined();
    });

    it('lets one of many equal configs written at once win', async () => {
      const { canaryConfigs } = await openIn();
      const writes = ['a', 'b', 'c', 'd'].map((id) => canaryConfigs.create({ ...configOf(1), id }));
      const outcomes = await Promise.allSettled(writes);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });
  });
}
