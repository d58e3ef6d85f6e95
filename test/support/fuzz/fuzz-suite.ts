import { afterAll, describe, expect, it } from 'vitest';
import type { Operation } from './api-document.ts';
import { createFuzzClient } from './fuzz-client.ts';
import type { FuzzService } from './fuzz-service.ts';
import { fuzz } from './fuzz-session.ts';
import { heapInUse } from './heap.ts';
import { giantBodies, giantNonsense, plainBody } from './json-bodies.ts';
import { requestsFor, requestsWith, strayRequests } from './request-arbitrary.ts';

interface FuzzSuite {
  readonly name: string;
  readonly fuzzed: FuzzService;
  /** the minimum number of requests, besides giant bodies and checks */
  readonly wanted: number;
  readonly seed: number;
  /** operations that get giant bodies; default: all with a body, except those by id, which take the same one */
  readonly giants?: readonly string[];
}

/** Reading and writing 10 MB takes two seconds on an idle machine. */
const GIANT_MILLIS = 20_000;
/** The allowed growth of memory between a quarter and all of the requests. */
const MOST_GROWTH_BYTES = 16 * 1024 * 1024;
const STRAY_SHARE = 60;

/** Sends requests of every kind to every operation of the document. */
export function describeFuzz({ name, fuzzed, wanted, seed, giants }: FuzzSuite): void {
  const { document, port, takeErrors, close } = fuzzed;
  const [client, patient] = [createFuzzClient(port), createFuzzClient(port, GIANT_MILLIS)];
  const target = { document, client, takeErrors, made: new Map<string, string[]>() };
  const giantTarget = { ...target, client: patient };
  const shares = document.operations.reduce((sum, operation) => sum + shareOf(operation), STRAY_SHARE);
  const countFor = (share: number) => Math.ceil((wanted * share) / shares);
  const takesGiants = ({ body, path, operationId }: Operation) =>
    giants?.includes(operationId) ?? (body !== undefined && !path.includes('{'));
  const operationOf = (id: string) => document.operations.find(({ operationId }) => operationId === id) as Operation;
  let sent = 0;
  let heapAtQuarter: number | undefined;

  describe(`the service on ${name}, FUZZ_SEED=${seed} FUZZ_REQUESTS=${wanted}`, () => {
    afterAll(async () => {
      client.close();
      patient.close();
      await close();
    });

    it.each(document.operations)('answers $method $path as documented', async (operation) => {
      const count = countFor(shareOf(operation));
      sent += await fuzz(target, { requests: (corpus) => requestsFor(operation, document, corpus), count, seed });
      if (sent > wanted / 4) heapAtQuarter ??= await heapInUse();
    });

    it('refuses paths and methods there are not', async () => {
      const count = countFor(STRAY_SHARE);
      sent += await fuzz(target, { requests: (corpus) => strayRequests(document, corpus), count, seed });
    });

    it.each(document.operations.filter(takesGiants))(
      'answers $method $path with bodies of 10 MB in time',
      async (operation) => {
        const bodies = giantBodies(operation.body?.example);
        await fuzz(giantTarget, { requests: (corpus) => requestsWith(bodies, operation, corpus), count: 0, seed });
      },
    );

    it('refuses 10 MB of nonsense in time', async () => {
      const judge = operationOf('judge');
      await fuzz(giantTarget, { requests: (corpus) => requestsWith(giantNonsense(), judge, corpus), count: 0, seed });
    });

    it('keeps nothing in memory of what it was sent', async () => {
      expect(sent).toBeGreaterThanOrEqual(wanted);
      expect((await heapInUse()) - (heapAtQuarter ?? 0)).toBeLessThan(MOST_GROWTH_BYTES);
    });

    it('judges a good canary at the end', async () => {
      const { bytes: body, headers } = plainBody(operationOf('startAdhocCanary').body?.example);
      const answer = await client.send({ method: 'POST', target: '/canary?wait=5s', headers, body });
      expect(JSON.parse(String(answer.body))).toMatchObject({
        status: 'succeeded',
        result: { judgeResult: { score: { score: 100, classification: 'Pass' } } },
      });
      const health = await client.send({ method: 'GET', target: '/health', headers: {} });
      expect(JSON.parse(String(health.body))).toMatchObject({ status: 'UP' });
    });
  });
}

/** Operations with a body get more requests. */
function shareOf({ body, parameters }: Operation): number {
  return body === undefined ? 1 + parameters.length / 2 : 12;
}
