import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { askProvider } from '../support/ask-provider.ts';
import {
  describeProviders,
  NEVER,
  START,
  type StandInRequest,
  type StoreStandIn,
  type Trial,
} from '../support/describe-providers.ts';

// What every provider owes when its store answers, asked of a stand-in of the store over a real socket.

const GAP = undefined;

await describeProviders((trial) => {
  describe('the grid', () => describeGrid(trial));
  if (trial.standIn.slotsAQuestion !== undefined) testLongWindow(trial, trial.standIn.slotsAQuestion);
  if (trial.standIn.groupedQuery !== undefined) describe('several series', () => describeSeveral(trial));
  if (trial.standIn.queryHolding === undefined) testText(trial);
  testSecrets(trial);
});

function describeGrid({ standIn, ask, store, windowOf, holding }: Trial): void {
  const stepMillis = (standIn.step ?? 60) * 1000;

  test.each([
    ['a value for every step', [1, 2.5, -3, 0, 1e-9, 6e20]],
    ['a gap in the middle', [1, GAP, GAP, 4, 5, 6]],
    ['a gap at both ends', [GAP, GAP, 3, 4, GAP, GAP]],
    ['one point', [GAP, GAP, GAP, 4, GAP, GAP]],
  ])('%s', async (_, values) => {
    store().series = holding(values);
    expect(await ask(windowOf(6))).toMatchObject([
      { tags: {}, startTimeMillis: START, stepMillis, values: values.map((value) => value ?? Number.NaN) },
    ]);
  });

  if (!standIn.noNulls) {
    test('a point without a value is a gap', async () => {
      store().series = holding([1, null, null, 4]);
      expect((await ask(windowOf(4)))[0]?.values).toEqual([1, Number.NaN, Number.NaN, 4]);
    });
  }

  test('no data is one series of gaps', async () => {
    const sets = await ask(windowOf(4));
    expect(sets.map(({ values }) => values)).toEqual([[Number.NaN, Number.NaN, Number.NaN, Number.NaN]]);
  });

  test('points before the start and at the end do not belong to it', async () => {
    store().series = holding([98, 99, 1, 2, 3, 97, 96], START - 2 * stepMillis);
    expect((await ask(windowOf(3)))[0]?.values).toEqual([1, 2, 3]);
  });

  test('points may come in any order', async () => {
    store().series = holding([1, 2, 3, 4]).map(({ tags, points }) => ({ tags, points: points.toReversed() }));
    expect((await ask(windowOf(4)))[0]?.values).toEqual([1, 2, 3, 4]);
  });

  test('the last step may reach beyond the end', async () => {
    store().series = holding([1, 2, 3]);
    const [set] = await ask({ ...windowOf(2), endMillis: START + 2.5 * stepMillis });
    expect(set?.values).toHaveLength(3);
    expect(set?.values.slice(0, 2)).toEqual([1, 2]);
  });

  if (!standIn.epochAligned) {
    test('the window may start between two multiples of the step', async () => {
      const from = START + stepMillis / 2;
      store().series = holding([1, 2, GAP, 4], from);
      expect((await ask(windowOf(4, from)))[0]?.values).toEqual([1, 2, Number.NaN, 4]);
    });
  }

  test('any series comes back as it is', async () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 });
    const series = fc.array(fc.option(number, { nil: GAP }), { minLength: 1, maxLength: 20 });
    const property = fc.asyncProperty(series, async (drawn) => {
      // JSON has no negative zero.
      const values = drawn.map((value) => (value === GAP ? GAP : value + 0));
      store().series = holding(values);
      expect((await ask(windowOf(values.length)))[0]?.values).toEqual(values.map((value) => value ?? Number.NaN));
    });
    await fc.assert(property, { numRuns: 40 });
  });
}

function testLongWindow({ ask, store, windowOf, holding }: Trial, slotsAQuestion: number): void {
  test('a window of three times what one question may ask is the same series', async () => {
    const values = Array.from({ length: slotsAQuestion * 3 + 7 }, (_, slot) => (slot * 7919) % 1000);
    store().series = holding(values);
    const sets = await ask(windowOf(values.length));
    expect(sets.map((set) => set.values)).toEqual([values]);
    expect(store().asked.length).toBeGreaterThanOrEqual(4);
  });
}

function describeSeveral({ standIn, ask, store, windowOf, holding }: Trial): void {
  const zones = (names: readonly string[]) =>
    names.map((zone, index) => ({ tags: { zone }, points: holding([index, index + 1])[0]?.points ?? [] }));
  const askGrouped = (fields: Record<string, unknown> = {}, account: Record<string, unknown> = {}) =>
    ask(windowOf(2), { query: { ...standIn.groupedQuery, ...fields }, account });

  test('are told apart by their tags', async () => {
    store().series = zones(['a', 'b']);
    const sets = await askGrouped();
    expect(sets.map(({ tags, values }) => [tags, values])).toEqual([
      [{ zone: 'a' }, [0, 1]],
      [{ zone: 'b' }, [1, 2]],
    ]);
  });

  test('become one when seriesMode says how', async () => {
    store().series = zones(['a', 'b']);
    expect((await askGrouped({ seriesMode: 'sum' })).map(({ values }) => values)).toEqual([[1, 3]]);
    await expect(askGrouped({ seriesMode: 'single' })).rejects.toMatchObject({ code: 'METRICS_QUERY_INVALID' });
  });

  test('are limited by maxSeries', async () => {
    store().series = zones(['a', 'b', 'c']);
    await expect(askGrouped({}, { maxSeries: 2 })).rejects.toMatchObject({
      code: 'METRICS_LIMIT_EXCEEDED',
      message: expect.stringContaining('maxSeries'),
    });
  });
}

function testText({ provider, standIn, store, windowOf, holding }: Trial): void {
  const fields = [standIn.query, ...(standIn.groupedQuery === undefined ? [] : [standIn.groupedQuery])];

  test('what is sent contains exactly the text that is shown', async () => {
    for (const query of fields) {
      const tags: Record<string, string> = query === standIn.groupedQuery ? { zone: 'a' } : {};
      store().series = holding([1, 2]).map(({ points }) => ({ tags, points }));
      const request = store().request(windowOf(2), { query });
      const text = provider.buildQuery(request);
      const [set] = await askProvider(provider, request, NEVER);
      expect(store().asked.flatMap((asked) => textsOf(asked, standIn))).toContain(text);
      expect(set?.attributes.query).toBe(text);
    }
  });

  if (standIn.sendsParts !== undefined) return;
  test('the text is sent that was handed in, and none is built again', async () => {
    const request = store().request(windowOf(2));
    const [text = ''] = fields.slice(-1).map((query) => provider.buildQuery(store().request(windowOf(2), { query })));
    const handedIn = standIn.shownText === undefined ? `${text} # handed in` : text;
    // The store may refuse it, or answer it with something else: it was sent.
    await provider.queryMetrics({ ...request, text: handedIn }, NEVER).catch(() => {});
    expect(store().asked.flatMap((asked) => textsOf(asked, standIn))).toContain(handedIn);
  });
}

/** What people could be shown of a request. Requests for something else, such as the time, have no such text. */
function textsOf(request: StandInRequest, { shownText }: StoreStandIn): string[] {
  const { url, headers, body } = request;
  if (shownText !== undefined) {
    try {
      return [shownText(request)];
    } catch {
      return [];
    }
  }
  const isForm = headers['content-type']?.includes('form-urlencoded') === true;
  const isJson = headers['content-type']?.includes('json') === true;
  const inBody = isForm ? [...new URLSearchParams(body).values()] : isJson ? leavesOf(JSON.parse(body)) : [body];
  return [...url.searchParams.values(), ...inBody];
}

function leavesOf(json: unknown): string[] {
  if (typeof json === 'string') return [json];
  return typeof json === 'object' && json !== null ? Object.values(json).flatMap(leavesOf) : [];
}

function testSecrets({ provider, standIn, store, windowOf, holding }: Trial): void {
  test('no series and no description of the account tells a secret', async () => {
    store().series = holding([1, 2]);
    const request = store().request(windowOf(2));
    const told = [await askProvider(provider, request, NEVER), provider.describeAccount(request.account)];
    const words = inspect(told, { depth: 20, showHidden: true, maxStringLength: null, maxArrayLength: null });
    for (const secret of standIn.secrets ?? []) expect(words).not.toContain(secret);
  });
}
