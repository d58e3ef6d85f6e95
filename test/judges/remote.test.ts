import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createRemoteJudge, type RemoteJudgeSettings } from '../../judges/remote.ts';
import type { JudgeRequest } from '../../src/domain/canary-judge.ts';

const request: JudgeRequest = {
  canaryConfig: { name: 'shop', metrics: [], classifier: { groupWeights: { latency: null } } },
  scoreThresholds: { pass: 95, marginal: 75 },
  metricSetPairList: [
    { name: 'latency', values: { control: [1, Number.NaN], experiment: [Number.POSITIVE_INFINITY] } },
  ],
};
const stats = { count: 1, mean: 1, min: 1, std: 0, max: 1 };
const answer = {
  judgeName: 'Elsewhere-v1.0',
  results: [
    {
      name: 'latency',
      classification: 'High',
      classificationReason: null,
      experimentMetadata: { stats },
      controlMetadata: { stats },
      resultMetadata: { ratio: 'NaN', deviation: 4 },
      critical: false,
      muted: false,
      surprise: true,
    },
  ],
  groupScores: [],
  score: { score: 0, classification: 'Fail', classificationReason: '' },
};

const servers: (Server & { closeAllConnections?: () => void })[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections?.();
  }
});

describe('the remote judge', () => {
  it('posts the request as the wire has it and reads the answer, overlooking what it does not know', async () => {
    const received: { url?: string | undefined; authorization?: string | undefined; body: string }[] = [];
    const baseUrl = await serve((incoming, outgoing) => {
      let body = '';
      incoming.on('data', (chunk) => (body += chunk));
      incoming.on('end', () => {
        received.push({ url: incoming.url, authorization: incoming.headers.authorization, body });
        outgoing.end(JSON.stringify(answer));
      });
    });
    const result = await ask(baseUrl, { headers: { authorization: 'Bearer secret' } });
    expect(received).toEqual([
      {
        url: '/api/judge',
        authorization: 'Bearer secret',
        body: '{"canaryConfig":{"name":"shop","metrics":[],"classifier":{"groupWeights":{}}},"scoreThresholds":{"pass":95,"marginal":75},"metricSetPairList":[{"name":"latency","values":{"control":[1,"NaN"],"experiment":["Infinity"]}}]}',
      },
    ]);
    expect(result.results[0]).not.toHaveProperty('surprise');
    expect(result.results[0]?.resultMetadata?.ratio).toBeNaN();
    expect(result.score.classification).toBe('Fail');
  });

  it('tries again after a 500', async () => {
    const { baseUrl, requests } = await serveInTurn([500, '{"message":"busy"}'], [200, JSON.stringify(answer)]);
    await expect(ask(baseUrl)).resolves.toMatchObject({ judgeName: 'Elsewhere-v1.0' });
    expect(requests()).toBe(2);
  });

  it('gives up after the last attempt, naming address and cause but no password', async () => {
    const { baseUrl, requests } = await serveInTurn([503, 'no room'], [503, 'no room'], [503, 'still no room']);
    const judged = ask(baseUrl.replace('http://', 'http://ada:pass%20word@'), { attempts: 3 });
    await expect(judged).rejects.toMatchObject({
      code: 'JUDGE_UNAVAILABLE',
      message: `The judge at ${baseUrl}/judge cannot be used: it answered 503: still no room (attempt 3). Check the address and that it is running.`,
    });
    expect(requests()).toBe(3);
  });

  it('sends the user name and password of the address', async () => {
    let authorization: string | undefined;
    const baseUrl = await serve((incoming, outgoing) => {
      authorization = incoming.headers.authorization;
      outgoing.end(JSON.stringify(answer));
    });
    await ask(baseUrl.replace('http://', 'http://ada:pass%20word@'));
    expect(authorization).toBe(`Basic ${Buffer.from('ada:pass word').toString('base64')}`);
  });

  it('hands on what the other judge says of the request, without trying again', async () => {
    const { baseUrl, requests } = await serveInTurn([400, '{"message":"Could not find metric config for x"}']);
    await expect(ask(baseUrl)).rejects.toMatchObject({
      code: 'JUDGEMENT_FAILED',
      message: `The judge at ${baseUrl}/judge answered 400: Could not find metric config for x`,
    });
    expect(requests()).toBe(1);
  });

  it.each([
    ['no JSON', 'good morning'],
    ['another shape', '{"judgeName":"x","results":[{"classification":"Perhaps"}]}'],
  ])('refuses an answer that is %s', async (_name, body) => {
    const { baseUrl } = await serveInTurn([200, body]);
    await expect(ask(baseUrl)).rejects.toMatchObject({
      code: 'JUDGE_UNAVAILABLE',
      message: expect.stringContaining('its answer is not a judge result'),
    });
  });

  it('says which fields of an answer are wrong, and advises nothing about an address that answers', async () => {
    const results = [{ ...answer.results[0], classification: 'Perhaps' }];
    const { baseUrl } = await serveInTurn([200, JSON.stringify({ ...answer, results })]);
    const message = await ask(baseUrl).then(String, (error: Error) => error.message);
    expect(message).toContain('(results[0].classification: write one of ');
    expect(message).not.toMatch(/Check the address|✖|\n/);
  });

  it('reads an answer without flags and reasons as Kayenta does: they are false and empty', async () => {
    const [{ critical: _, muted: __, ...bare }] = answer.results as [(typeof answer.results)[0]];
    const { classificationReason: ___, ...score } = answer.score;
    const sent = { ...answer, results: [bare], groupScores: [{ name: 'g', score: 100 }], score };
    const { baseUrl } = await serveInTurn([200, JSON.stringify(sent)]);
    await expect(ask(baseUrl)).resolves.toMatchObject({
      results: [{ critical: false, muted: false }],
      groupScores: [{ classification: '', classificationReason: '' }],
      score: { classificationReason: '' },
    });
  });

  it('does not follow a redirection', async () => {
    const { baseUrl } = await serveInTurn([302, '']);
    await expect(ask(baseUrl)).rejects.toMatchObject({
      code: 'JUDGE_UNAVAILABLE',
      message: expect.stringContaining('it answered 302, a redirection'),
    });
  });

  it('tries again after silence', async () => {
    let requests = 0;
    const baseUrl = await serve((_incoming, outgoing) => {
      if (++requests > 1) outgoing.end(JSON.stringify(answer));
    });
    await expect(ask(baseUrl, { readTimeoutMillis: 100 })).resolves.toMatchObject({ judgeName: 'Elsewhere-v1.0' });
  });

  it('gives up on an answer that never ends', async () => {
    const baseUrl = await serve((_incoming, outgoing) => {
      const drip = setInterval(() => outgoing.write(' '), 10);
      outgoing.on('close', () => clearInterval(drip));
    });
    await expect(ask(baseUrl, { attempts: 1, readTimeoutMillis: 100 })).rejects.toMatchObject({
      code: 'JUDGE_UNAVAILABLE',
      message: expect.stringContaining('no answer within 100 ms'),
    });
  });

  it('gives up on a connection that does not come about', async () => {
    const mute = createTcpServer();
    const port = await listen(mute);
    const judged = ask(`https://127.0.0.1:${port}`, { attempts: 2, connectTimeoutMillis: 50 });
    await expect(judged).rejects.toMatchObject({
      code: 'JUDGE_UNAVAILABLE',
      message: expect.stringContaining('no connection within 50 ms (attempt 2)'),
    });
  });

  it('says when nobody listens', async () => {
    const { baseUrl } = await serveInTurn();
    servers.pop()?.close();
    await expect(ask(baseUrl, { attempts: 2 })).rejects.toMatchObject({
      code: 'JUDGE_UNAVAILABLE',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it.each([
    ['while the other judge is silent', [], 60_000, 1],
    ['while it waits to try again', [[500, '']], 1, 60_000],
  ] as const)('stops %s', async (_name, answers, readTimeoutMillis, backoffMillis) => {
    const { baseUrl } = await serveInTurn(...answers);
    const controller = new AbortController();
    const timeouts = { readTimeoutMillis: Math.max(readTimeoutMillis, 1000), backoffMillis };
    const judged = ask(baseUrl, timeouts, controller.signal);
    setTimeout(() => controller.abort(), 50);
    await expect(judged).rejects.toMatchObject({ code: 'EXECUTION_CANCELED' });
  });
});

function ask(baseUrl: string, settings: Omit<RemoteJudgeSettings, 'baseUrl'> = {}, signal?: AbortSignal) {
  const judge = createRemoteJudge({ baseUrl, backoffMillis: 1, ...settings });
  return Promise.try(() => judge.judge(request, signal ?? new AbortController().signal));
}

/** Gives one answer after the other, then none. */
async function serveInTurn(...answers: readonly (readonly [status: number, body: string])[]) {
  let requests = 0;
  const baseUrl = await serve((_incoming, outgoing) => {
    const next = answers[requests++];
    if (next !== undefined) outgoing.writeHead(next[0], { location: '/elsewhere' }).end(next[1]);
  });
  return { baseUrl, requests: () => requests };
}

async function serve(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer(listener))}/api`;
}

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
