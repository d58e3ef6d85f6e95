import { text } from 'node:stream/consumers';
import { startLoopback } from '../servers/loopback-server.ts';
import { sampleShape, sampleValues } from './report-samples.ts';

export interface SampleStore {
  readonly baseUrl: string;
  /** the next answers wait for this */
  holds: Promise<void> | undefined;
  /** whether requests are rejected from now on */
  broken: boolean;
  /** whether it answers 503 from now on */
  away: boolean;
  stop(): Promise<void>;
}

const MOST_METRICS = 200;
const VERSIONS = { v41: 'control', v42: 'experiment' } as const;

/** Implements the part of Prometheus' API that runs of the sample config need. */
export async function startSampleStore(): Promise<SampleStore> {
  const known = new Map(
    Array.from({ length: MOST_METRICS }, (_, index) => index).flatMap((index) =>
      Object.entries(VERSIONS).map(([version, side]) => [
        sampleShape(index).query.replaceAll('${scope}', version),
        { index, side },
      ]),
    ),
  );
  const { baseUrl, stop } = await startLoopback(async (request, response) => {
    const form = new URLSearchParams(await text(request));
    await store.holds;
    const found = known.get(form.get('query') ?? '');
    if (store.away) return void response.writeHead(503).end('the store is being upgraded, come back later');
    response.writeHead(store.broken ? 400 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(store.broken ? REFUSAL : answer(form, found)));
  });
  const store: SampleStore = { baseUrl, holds: undefined, broken: false, away: false, stop };
  return store;
}

const REFUSAL = {
  status: 'error',
  errorType: 'bad_data',
  error: 'invalid parameter "query": 1:12: parse error: unclosed left parenthesis',
};

function answer(form: URLSearchParams, found: { index: number; side: 'control' | 'experiment' } | undefined) {
  const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(form.get(name)));
  const points = Math.floor(((end ?? 0) - (start ?? 0)) / (step ?? 60)) + 1;
  const values =
    found === undefined
      ? []
      : sampleValues(found.index, found.side, points, 1000 * (start ?? 0))
          .map((value, slot) => [(start ?? 0) + slot * (step ?? 60), String(value)] as const)
          .filter(([, value]) => value !== 'NaN');
  const result = values.length === 0 ? [] : [{ metric: {}, values }];
  return { status: 'success', data: { resultType: 'matrix', result } };
}
