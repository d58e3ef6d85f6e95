import { startLoopback } from './loopback-server.ts';

export interface ShopStandIn {
  readonly baseUrl: string;
  /** the next answers wait for this */
  holds: Promise<void> | undefined;
  /** the queries it was asked, in order */
  readonly asked: string[];
  stop(): Promise<void>;
}

/**
 * Speaks as much of Prometheus as a run needs, for the window it is asked for. A query that says `v2` and `latency`
 * is answered with values 40 % higher than others; one that says `empty` with nothing; one that says `broken` is refused.
 */
export async function startShopStandIn(): Promise<ShopStandIn> {
  const { baseUrl, stop } = await startLoopback(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const form = new URLSearchParams(String(Buffer.concat(chunks)));
    const query = form.get('query') ?? '';
    standIn.asked.push(query);
    await standIn.holds;
    const broken = query.includes('broken');
    response.writeHead(broken ? 400 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(broken ? REFUSAL : { status: 'success', data: answerTo(query, form) }));
  });
  const standIn: ShopStandIn = { baseUrl, holds: undefined, asked: [], stop };
  return standIn;
}

const REFUSAL = { status: 'error', errorType: 'bad_data', error: 'parse error: unexpected end of input' };

function answerTo(query: string, form: URLSearchParams) {
  const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(form.get(name))) as [number, number, number];
  const base = query.includes('v2') && query.includes('latency') ? 140 : 100;
  const values: [number, string][] = [];
  for (let at = start; at <= end && values.length < 11_000; at += step) {
    // The remainder of a large prime walks about without repeating soon, the same each time.
    const wobble = ((Math.round(at / step) * 7919) % 23) + 6 * Math.sin(at / (step * 9));
    values.push([at, (base + wobble).toFixed(3)]);
  }
  const result = query.includes('empty') ? [] : [{ metric: { job: 'shop' }, values }];
  return { resultType: 'matrix', result };
}
