import { afterAll, describe, expect, it } from 'vitest';
import { createFuzzClient } from '../support/fuzz/fuzz-client.ts';
import { startFuzzService } from '../support/fuzz/fuzz-service.ts';
import { fuzz } from '../support/fuzz/fuzz-session.ts';
import { giantRequestsFor, requestsFor, strayRequests } from '../support/fuzz/request-arbitrary.ts';

const { FUZZ_SEED, FUZZ_REQUESTS = '20000' } = process.env;
const seed = Number(FUZZ_SEED ?? 20261123);
const wanted = Number(FUZZ_REQUESTS);

const { document, port, takeErrors, close } = await startFuzzService();
const client = createFuzzClient(port);
const target = { document, client, takeErrors, made: new Map<string, string[]>() };
afterAll(async () => {
  client.close();
  await close();
});

const weightOf = (operation: (typeof document.operations)[number]) =>
  operation.body === undefined ? 1 + operation.parameters.length / 2 : 12;
const whole = document.operations.reduce((sum, operation) => sum + weightOf(operation), 0) * 1.1;

describe(`fuzzed with FUZZ_SEED=${seed} FUZZ_REQUESTS=${wanted}`, () => {
  it.each(document.operations)('$method $path answers as documented', async (operation) => {
    const count = Math.ceil((wanted * weightOf(operation)) / whole);
    await fuzz(target, { requests: (corpus) => requestsFor(operation, document, corpus), count, seed });
  });

  it('paths and methods there are not are refused', async () => {
    await fuzz(target, { requests: (corpus) => strayRequests(document, corpus), count: Math.ceil(wanted / 10), seed });
  });

  it.each(document.operations.filter(({ body }) => body !== undefined))(
    '$method $path takes bodies of 10 MB',
    async (operation) => {
      await fuzz(target, { requests: (corpus) => giantRequestsFor(operation, corpus), count: 0, seed });
    },
  );

  it('sent that many', () => expect(client.answered).toBeGreaterThan(wanted));
});
