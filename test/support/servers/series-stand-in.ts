import { setTimeout as sleep } from 'node:timers/promises';
import { startLoopback } from './loopback-server.ts';

export interface SeriesStandIn {
  readonly baseUrl: string;
  /** of every answer from now on */
  delayMillis: number;
  /** how often it was asked for a series */
  asked: number;
  stop(): Promise<void>;
}

/** Speaks as much of Prometheus as a run needs: every range query is answered with the same quiet series. */
export async function startSeriesStandIn(delayMillis: number): Promise<SeriesStandIn> {
  const { baseUrl, stop } = await startLoopback(async (request, response) => {
    request.resume();
    // A service that starts asks whether the store is there.
    if (request.url?.endsWith('/query_range')) standIn.asked += 1;
    await sleep(standIn.delayMillis);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(SERIES_ANSWER);
  });
  const standIn = { baseUrl, delayMillis, asked: 0, stop };
  return standIn;
}

const BEGIN = Date.parse('2026-01-01T00:00:00Z') / 1000;
const values = Array.from({ length: 61 }, (_, minute) => [BEGIN + 60 * minute, String(100 + (minute % 7))]);
export const SERIES_ANSWER = JSON.stringify({
  status: 'success',
  data: { resultType: 'matrix', result: [{ metric: { job: 'shop' }, values }] },
});
