import { readdirSync, readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';

/** A case of `test/fixtures/honesty`: what is sent, what the store holds, and what must be answered. */
export interface HonestyCase {
  /** a sentence about what is answered */
  readonly name: string;
  /** a run in short; or `request` */
  readonly run?: ShortRun;
  readonly request?: RawRequest;
  /** where a run in short is sent; without it, it is run */
  readonly send?: 'validate' | 'queries' | 'series' | 'start' | 'analysis';
  /** what Prometheus holds, by a part of the query's text */
  readonly store?: readonly StoredSeries[];
  readonly expect: HonestyExpectation;
}

interface RawRequest {
  /** POST when absent */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** bytes that are no JSON of ours; instead of `body` */
  readonly raw?: string;
}

export interface HonestyExpectation {
  /** of the answer; 200 when absent */
  readonly status?: number;
  /** of the run */
  readonly verdict?: string;
  readonly score?: number;
  /** texts in the classification reason of the run */
  readonly reason?: readonly string[];
  /** classifications by metric, in the order of the results */
  readonly metrics?: readonly string[];
  /** texts in the answer */
  readonly answer?: readonly string[];
  readonly notInAnswer?: readonly string[];
  /** values that the message says, and says once */
  readonly once?: readonly string[];
  /** texts in the headers of the answer */
  readonly headers?: Readonly<Record<string, string>>;
  /** texts in the page, the file, Markdown, JUnit and JSON alike */
  readonly everyForm?: readonly string[];
  readonly inNoForm?: readonly string[];
  /** the colour of the verdict on pages and in Markdown */
  readonly tone?: 'pass' | 'marginal' | 'fail' | 'nodata';
}

interface ShortRun {
  readonly judge: string;
  readonly metrics: readonly ShortMetric[];
  /** absent: the group `g` of every metric has 100 */
  readonly weights?: Readonly<Record<string, number>>;
  readonly thresholds?: { readonly pass: number; readonly marginal: number };
  readonly control?: object;
  readonly experiment?: object;
}

interface ShortMetric {
  readonly name: string;
  /** values of each side, `null` for a gap; or `expr`, which Prometheus is asked */
  readonly control?: Values;
  readonly experiment?: Values;
  readonly expr?: string;
  /** further fields of the query */
  readonly query?: object;
  readonly canary?: object;
  readonly groups?: readonly string[];
}

type Value = number | string | null;
type Values = readonly Value[] | { readonly repeat: readonly Value[]; readonly times: number };

interface StoredSeries {
  readonly when: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly values: Values;
}

const FOLDER = new URL('../../fixtures/honesty/', import.meta.url);

/** All files of the folder, one after the other. */
export function readHonestyCases(): (HonestyCase & { readonly file: string })[] {
  return readdirSync(FOLDER).flatMap((file) => {
    const cases: HonestyCase[] = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'));
    return cases.map((one) => ({ ...one, file }));
  });
}

const START = '2026-01-01T00:00:00Z';
const WINDOW = { start: START, end: '2026-01-01T00:20:00Z', step: 60 };

/** The body of `POST /canary`. @param location of both sides: answers to another one are not taken from the cache */
export function bodyOf({ judge, metrics, weights, thresholds, control, experiment }: ShortRun, location: string) {
  return {
    canaryConfig: {
      name: 'honesty',
      applications: ['shop'],
      judge: { name: judge },
      metrics: metrics.map((metric) => ({
        name: metric.name,
        query: queryOf(metric),
        groups: metric.groups ?? ['g'],
        analysisConfigurations: { canary: metric.canary ?? {} },
        scopeName: 'default',
      })),
      classifier: { groupWeights: weights ?? { g: 100 } },
    },
    executionRequest: {
      scopes: {
        default: {
          controlScope: { scope: 'stable', location, ...WINDOW, ...control },
          experimentScope: { scope: 'fresh', location, ...WINDOW, ...experiment },
        },
      },
      thresholds: thresholds ?? { pass: 95, marginal: 75 },
    },
  };
}

function queryOf({ expr, query, control = [], experiment = [] }: ShortMetric) {
  if (query !== undefined && 'type' in query) return query;
  if (expr !== undefined) return { type: 'prometheus', expr, ...query };
  return { type: 'inline', control: valuesOf(control), experiment: valuesOf(experiment), ...query };
}

function valuesOf(values: Values): readonly Value[] {
  if (!('repeat' in values)) return values;
  return Array.from({ length: values.times }, () => values.repeat).flat();
}

/** Speaks as much of Prometheus as a range query needs; `stored` is read anew for every question. */
export function prometheusOf(stored: () => readonly StoredSeries[]): RequestListener {
  return async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    const expr = form.get('query') ?? '';
    const [first, end] = [Number(form.get('start')), Number(form.get('end'))];
    const isInside = (index: number) => first + 60 * index <= end;
    const result = stored()
      .filter(({ when }) => expr.includes(when))
      .map(({ labels, values }) => ({
        metric: labels,
        values: valuesOf(values).flatMap((value, index) =>
          value === null || !isInside(index) ? [] : [[first + 60 * index, `${value}`]],
        ),
      }));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
  };
}
