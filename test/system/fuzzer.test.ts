import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Corpus } from '../support/fuzz/corpus.ts';
import type { Answer, FuzzClient } from '../support/fuzz/fuzz-client.ts';
import { type FuzzRequest, pathOf } from '../support/fuzz/fuzz-request.ts';
import { type FuzzService, startFuzzService } from '../support/fuzz/fuzz-service.ts';
import { type FuzzTarget, fuzz } from '../support/fuzz/fuzz-session.ts';
import { requestsFor } from '../support/fuzz/request-arbitrary.ts';

let fuzzed: FuzzService;
beforeAll(async () => {
  fuzzed = await startFuzzService();
});
afterAll(() => fuzzed.close());

type Spoil = (request: FuzzRequest, answer: Answer) => Answer;

/** Asks the service without a port. */
async function ask({ method, target: url, headers, body: payload }: FuzzRequest): Promise<Answer> {
  const answer = await fuzzed.service.http.inject({
    method: method as 'GET',
    url,
    headers,
    ...(payload === undefined ? {} : { payload }),
  });
  return { status: answer.statusCode, headers: answer.headers as never, body: answer.rawPayload };
}

/** Fuzzes `POST /metricSetList`; `spoil` is the defect planted in the service once there is something to hit. */
async function fuzzWith(spoil: Spoil, changes: Partial<FuzzTarget> = {}): Promise<number> {
  const { document, takeErrors } = fuzzed;
  const operation = document.operations.find(({ operationId }) => operationId === 'createMetricSetList');
  if (operation === undefined) throw new Error('no createMetricSetList');
  let planted = false;
  const client: FuzzClient = {
    send: async (request) => {
      const answer = await ask(request);
      return planted ? spoil(request, answer) : answer;
    },
    close: () => {},
  };
  const requests = (corpus: Corpus) => {
    planted = true;
    return requestsFor(operation, document, corpus);
  };
  return fuzz({ document, client, takeErrors, made: new Map(), ...changes }, { requests, count: 150, seed: 1 });
}

const isAccepted = ({ method, target }: FuzzRequest, { status }: Answer) =>
  method === 'POST' && pathOf(target) === '/metricSetList' && status === 200;
const REFUSAL = {
  message: 'no',
  errorCode: 'NO',
  status: 400,
  error: 'Bad Request',
  timestamp: '2026-01-01T00:00:00Z',
};
const refusal = (status: number) => Buffer.from(JSON.stringify({ ...REFUSAL, status }));

describe('the fuzzer', () => {
  it('is content with the service as it is', async () => {
    expect(await fuzzWith((_, answer) => answer)).toBe(150);
  });

  it.each<[string, (answer: Answer) => Answer, RegExp]>([
    ['a failure', (answer) => ({ ...answer, status: 500 }), /^500/],
    ['a status without description', (answer) => ({ ...answer, status: 299 }), /no status 299 for createMetricSetList/],
    [
      'a body of another shape',
      (answer) => ({ ...answer, body: Buffer.from('{"metricSetListId":1}') }),
      /not what the document says/,
    ],
    ['an error without a message', (answer) => ({ ...answer, status: 418, body: Buffer.from('{}') }), /has no message/],
    ['an answer that is not JSON', (answer) => ({ ...answer, body: Buffer.from('{') }), /the body is not JSON: \{/],
    ['another media type', (answer) => ({ ...answer, headers: {} }), /the media type is ''/],
  ])('tells of %s, with a small request that gets it', async (_, spoil, message) => {
    const spoiled = fuzzWith((request, answer) => (isAccepted(request, answer) ? spoil(answer) : answer));
    await expect(spoiled).rejects.toThrow(message);
    await expect(spoiled).rejects.toThrow(
      /-X 'POST' -H 'content-type: application\/json' --data-binary '\[.*\]' "\S+"'\/metricSetList'\n\nafter \d+ requests; again with FUZZ_SEED=1$/,
    );
  });

  it('tells of what a refused request has stored', async () => {
    const spoiled = fuzzWith((request, answer) =>
      isAccepted(request, answer) ? { ...answer, status: 400, body: refusal(400) } : answer,
    );
    await expect(spoiled).rejects.toThrow(/changed by no accepted request:\n\/metricSetList\//);
  });

  it('tells of what was accepted and cannot be read', async () => {
    const spoiled = fuzzWith((request, answer) => {
      const reads = request.method === 'GET' && /^\/metricSetList\/./.test(request.target);
      return reads ? { ...answer, status: 404, body: refusal(404) } : answer;
    });
    await expect(spoiled).rejects.toThrow(/made, but GET \/metricSetList\/.* answers 404/);
  });

  it('tells of an error that was logged, though every answer was good', async () => {
    let told = false;
    const spoiled = fuzzWith(
      (request, answer) => {
        told ||= isAccepted(request, answer);
        return answer;
      },
      { takeErrors: () => (told ? ['request failed: internal error'] : []) },
    );
    await expect(spoiled).rejects.toThrow(/logged as errors:\nrequest failed: internal error/);
  });
});
