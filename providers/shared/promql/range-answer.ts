import { z } from 'zod';
import type { MetricsRequest } from '../../../src/domain/metrics-provider.ts';
import { CanaryError } from '../../../src/errors.ts';
import { aboutAsked, type Refusal } from '../http/failures.ts';
import { invalidQuery } from '../query/query-fields.ts';
import type { RawPoint } from '../series/grid.ts';
import { JoinedSeries } from '../series/joined-series.ts';
import type { RawSeries } from '../series/metric-sets.ts';

/** Points are checked one by one when they are read, not by a schema each: there may be a million. */
export const RangeAnswer = z.object({
  status: z.literal('success'),
  warnings: z.array(z.string()).nullish(),
  infos: z.array(z.string()).nullish(),
  data: z.object({
    resultType: z.literal('matrix'),
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        values: z.array(z.unknown()).nullish(),
        histograms: z.array(z.unknown()).nullish(),
      }),
    ),
  }),
});
export type RangeAnswer = z.infer<typeof RangeAnswer>;

type Asked = Pick<MetricsRequest, 'account' | 'metric'>;

/** Joins the answers to the parts of a window: one series for each set of labels. */
export class JoinedAnswer {
  readonly #request: Asked;
  readonly #joined = new JoinedSeries();
  readonly #warnings = new Set<string>();

  constructor(request: Asked) {
    this.#request = request;
  }

  /** @param shiftMillis how much later than its slot's start each point was asked for */
  add({ data, warnings, infos }: RangeAnswer, shiftMillis: number): void {
    for (const warning of [...(warnings ?? []), ...(infos ?? [])]) this.#warnings.add(warning);
    this.#joined.add(
      data.result.map(({ metric, values, histograms }) => {
        if (histograms?.length) throw this.#histogramsError();
        const { __name__, ...tags } = metric;
        return { tags, points: (values ?? []).map((point) => this.#readPoint(point, shiftMillis)) };
      }),
    );
  }

  get series(): RawSeries[] {
    return this.#joined.series;
  }

  get warnings(): string[] {
    return [...this.#warnings];
  }

  /** `[seconds, "text of the value"]` */
  #readPoint(point: unknown, shiftMillis: number): RawPoint {
    if (Array.isArray(point) && typeof point[0] === 'number' && point.length > 1) {
      return [Math.round(point[0] * 1000) - shiftMillis, point[1]];
    }
    const { account, metric } = this.#request;
    throw new CanaryError(
      'METRICS_ANSWER_INVALID',
      `${aboutAsked({ account, metricName: metric.name })}: the answer cannot be read: a point is ` +
        `${JSON.stringify(point).slice(0, 80)}, not [seconds, value]`,
    );
  }

  #histogramsError(): CanaryError {
    return invalidQuery(
      this.#request,
      'the query returns native histograms, which have no single value; take one with histogram_quantile() or ' +
        'histogram_avg().',
    );
  }
}

const ErrorAnswer = z.object({ errorType: z.unknown(), error: z.string() });

/** A limit of the store: a smaller question would be answered. */
const LIMIT =
  /maximum resolution|too many (samples|points|series)|maxPointsPerTimeseries|exceeded the maximum|limit: \d/i;
const TIMED_OUT = /timed out|time-?out|deadline exceeded/i;

/** Reads a refusal of Prometheus or of a store that speaks its language. */
export function readRefusal(status: number, body: string): Refusal {
  const { text, errorType } = parseError(body);
  if (/no org id/i.test(text)) {
    return { code: 'METRICS_ACCESS_DENIED', text, remedy: "the store has tenants: set the account's tenantId" };
  }
  if ((status === 400 || status === 422) && LIMIT.test(text)) {
    return { code: 'METRICS_LIMIT_EXCEEDED', text, remedy: 'use a longer step, a shorter window or fewer series' };
  }
  // A query may contain the word, so a syntax error (400) must not count.
  if (errorType === 'timeout' || ((status === 422 || status === 503) && TIMED_OUT.test(text))) {
    return { code: 'METRICS_STORE_TIMEOUT', text };
  }
  // The store, or a proxy before it, gave up: nobody here canceled, else there would be nobody to read this.
  if (errorType === 'canceled') return { code: 'METRICS_STORE_UNAVAILABLE', text };
  return { text };
}

function parseError(body: string): { text: string; errorType?: unknown } {
  try {
    const { error, errorType } = ErrorAnswer.parse(JSON.parse(body));
    return { text: error, errorType };
  } catch {
    return { text: body };
  }
}
