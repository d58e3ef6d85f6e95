import type { TestService } from './test-service.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS';

export interface Sent {
  /** objects are sent as JSON, text and bytes unchanged */
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls a service as a client would, without a port. */
export function wireClient(service: TestService) {
  async function send(method: Method, url: string, { body, headers = {} }: Sent = {}) {
    const payload = body === undefined ? {} : { payload: body };
    const {
      statusCode: status,
      headers: answered,
      body: text,
    } = await service.http.inject({
      method,
      url,
      headers: { ...headers },
      ...payload,
    });
    const json = String(answered['content-type']).startsWith('application/json') ? JSON.parse(text) : undefined;
    return { status, headers: answered, text, body: json };
  }
  const get = (url: string) => send('GET', url);
  const post = (url: string, body?: object) => send('POST', url, body === undefined ? {} : { body });

  /** Starts a run with the config in the request and waits for its end. @returns its last status */
  async function run(body: object, query = '') {
    const answer = await post(`/canary?wait=9s${query}`, body);
    if (answer.status !== 200 || !answer.body.complete) throw new Error(`the run did not end: ${answer.text}`);
    return answer.body;
  }
  return { send, get, post, run };
}

export type WireClient = ReturnType<typeof wireClient>;
