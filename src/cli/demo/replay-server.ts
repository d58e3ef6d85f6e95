import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface ReplayServer {
  readonly baseUrl: string;
  stop(): Promise<void>;
}

/** Recorded Prometheus requests and responses. */
export type Recording = readonly {
  readonly form: Readonly<Record<string, string>>;
  readonly answer: unknown;
}[];

/** Replays recorded range queries, and names their metrics; any other request is a 404 with the reason. */
export async function startReplay(recording: Recording): Promise<ReplayServer> {
  const answers = new Map(recording.map(({ form, answer }) => [formKey(new URLSearchParams(form)), answer]));
  return startServer(async (request, response) => {
    const form = new URLSearchParams(await text(request));
    const answer = answerTo(request.url, form, answers);
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? notRecorded(request.url, form)));
  });
}

async function startServer(answer: RequestListener): Promise<ReplayServer> {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function answerTo(path: string | undefined, form: URLSearchParams, answers: ReadonlyMap<string, unknown>): unknown {
  if (path?.startsWith('/api/v1/label/__name__/values')) return { status: 'success', data: namesIn(answers) };
  if (path === '/api/v1/query_range') return answers.get(formKey(form));
  // The health check's query.
  if (path === '/api/v1/query' && form.get('query') === 'vector(1)') {
    return { status: 'success', data: { resultType: 'vector', result: [{ metric: {}, value: [0, '1'] }] } };
  }
  return undefined;
}

/** The metrics that recorded queries ask for: what stands before their matchers. */
function namesIn(answers: ReadonlyMap<string, unknown>): string[] {
  const queries = [...answers.keys()].map((key) => new URLSearchParams(key).get('query') ?? '');
  return [...new Set(queries.flatMap((query) => query.match(/\w+(?=\{)/g) ?? []))].sort();
}

function notRecorded(path: string | undefined, form: URLSearchParams) {
  const question = `${path} ${formKey(form)}`;
  return {
    status: 'error',
    errorType: 'not_found',
    error: `this is a recording, and it has no answer to ${question}; test/tools/record-demo.ts records anew`,
  };
}

/** A window's end is the same with and without its last point: a recording has no point there. */
function formKey(form: URLSearchParams): string {
  const end = form.get('end');
  if (end !== null) form.set('end', String(Math.round(Number(end))));
  form.sort();
  return form.toString();
}
