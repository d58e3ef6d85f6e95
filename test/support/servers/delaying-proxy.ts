import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLoopback } from './loopback-server.ts';

export interface DelayingProxy {
  readonly baseUrl: string;
  /** the delay of every answer */
  delayMillis: number;
  stop(): Promise<void>;
}

/** A proxy in front of a real server that can delay its answers, so that a test can act during a run. */
export async function startProxy(target: string): Promise<DelayingProxy> {
  const server = await startLoopback(async (request, response) => {
    const payload = await text(request);
    await sleep(proxy.delayMillis);
    const answer = await fetch(target + request.url, {
      method: request.method ?? 'GET',
      headers: { 'content-type': request.headers['content-type'] ?? 'text/plain' },
      ...(payload === '' ? {} : { body: payload }),
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
    response.end(await answer.text());
  });
  const proxy: DelayingProxy = { baseUrl: server.baseUrl, delayMillis: 0, stop: server.stop };
  return proxy;
}
