import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLoopback } from '../servers/loopback-server.ts';

const QUICK_MILLIS = 5;
const SLOW_MILLIS = 150;

/**
 * Speaks as much of Prometheus as a run needs: the same question has always the same answer. A query with `slow` in
 * it takes longer, one with `broken` is refused.
 */
export async function startTortureMetrics(): Promise<{ baseUrl: string; stop(): Promise<void> }> {
  return startLoopback(async (request, response) => {
    const form = new URLSearchParams(await text(request));
    const query = form.get('query') ?? '';
    await sleep(query.includes('slow') ? SLOW_MILLIS : QUICK_MILLIS);
    const broken = query.includes('broken');
    response.writeHead(broken ? 400 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(broken ? REFUSED : answerOf(form)));
  });
}

const REFUSED = { status: 'error', errorType: 'bad_data', error: 'parse error: this one is broken' };

function answerOf(form: URLSearchParams) {
  const [start = 0, end = 0, step = 60] = ['start', 'end', 'step'].map((name) => Number(form.get(name)));
  const count = Math.floor((end - start) / step) + 1;
  const values = Array.from({ length: count }, (_, index) => [start + index * step, String(100 + (index % 7))]);
  return { status: 'success', data: { resultType: 'matrix', result: [{ metric: { job: 'shop' }, values }] } };
}
