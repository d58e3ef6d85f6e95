import { z } from 'zod';
import { type Refusal, unreadableAnswer } from '../shared/http/failures.ts';
import type { Built } from '../shared/query/query-fields.ts';
import type { Grid, RawPoint } from '../shared/series/grid.ts';
import { JoinedSeries } from '../shared/series/joined-series.ts';
import type { RawSeries } from '../shared/series/metric-sets.ts';
import { saysPartial } from '../shared/series/partial.ts';
import { type DataQuery, returned } from './data-query.ts';
import type { CloudwatchRequest } from './query.ts';

const Messages = z.array(z.object({ Code: z.string().nullish(), Value: z.string().nullish() })).nullish();

const Result = z.object({
  Id: z.string(),
  Label: z.string().nullish(),
  StatusCode: z.string().nullish(),
  Timestamps: z.array(z.unknown()).nullish(),
  Values: z.array(z.unknown()).nullish(),
  Messages,
});
type Result = z.infer<typeof Result>;

/** One page. Points are validated one by one while reading, not by a schema each: there may be 100,800. */
export const DataAnswer = z.object({
  MetricDataResults: z.array(Result),
  NextToken: z.string().nullish(),
  Messages,
});
export type DataAnswer = z.infer<typeof DataAnswer>;

const MOST_NAMED = 5;

function textsOf(messages: z.infer<typeof Messages>): string[] {
  return (messages ?? []).map(({ Code, Value }) => [Code, Value].filter(Boolean).join(': '));
}

interface Joining {
  readonly request: Built<CloudwatchRequest>;
  readonly queries: readonly DataQuery[];
  readonly grid: Grid;
}

/** Joins the pages of an answer: one series per entry, or per label of an entry. */
export class JoinedAnswer {
  readonly #request: CloudwatchRequest;
  readonly #queries: readonly DataQuery[];
  readonly #joined: JoinedSeries;
  readonly #partial = new Set<string>();
  /** what CloudWatch says of the whole request: then only a part of it was done */
  readonly #limits = new Set<string>();
  readonly warnings = new Set<string>();

  constructor({ request, queries, grid }: Joining) {
    this.#request = request;
    this.#queries = queries;
    this.#joined = new JoinedSeries(request, grid);
  }

  async add({ MetricDataResults: results, Messages: messages }: DataAnswer): Promise<void> {
    for (const text of textsOf(messages)) this.#limits.add(text);
    for (const text of results.flatMap((result) => textsOf(result.Messages))) {
      (saysPartial(text) ? this.#limits : this.warnings).add(text);
    }
    for (const { Id, Label, StatusCode } of results) {
      // Further pages continue it, in the same order.
      const name = [Id, ...(Label ? [Label] : [])].join(' ');
      if (StatusCode === 'PartialData') this.#partial.add(name);
      else this.#partial.delete(name);
    }
    await this.#joined.add({
      series: results.map((result) => ({
        tags: { id: result.Id, label: result.Label ?? '' },
        points: this.#points(result),
      })),
    });
  }

  /** For an entry without data CloudWatch returns a series without points. */
  get series(): RawSeries[] {
    return this.#joined.series
      .filter(({ points }) => points.length > 0)
      .map(({ tags, points }) => ({ tags: this.#tags(tags.id ?? '', tags.label ?? ''), points }));
  }

  /** What is missing: series CloudWatch marks as incomplete, without a further page, and what it says itself. */
  get partial(): string[] {
    const marked = [...this.#partial].slice(0, MOST_NAMED).join(', ');
    return [
      ...(marked === '' ? [] : [`CloudWatch calls its data incomplete (PartialData): ${marked}`]),
      ...this.#limits,
    ];
  }

  /** Labels are for people; they identify series when an entry can have several. */
  #tags(id: string, label: string): Record<string, string> {
    const { Expression = '' } = returned(this.#queries).find(({ Id }) => Id === id) ?? {};
    const [, groups] = /\bGROUP\s+BY\s+(.+?)(?:\s+(?:ORDER\s+BY|LIMIT)\s.*)?$/is.exec(Expression) ?? [];
    if (groups !== undefined) {
      const names = groups.split(',').map((name) => name.trim().replace(/^"(.*)"$/s, '$1'));
      return { [names.length === 1 ? (names[0] ?? '') : 'label']: label };
    }
    return /\bSEARCH\s*\(/i.test(Expression) ? { label } : {};
  }

  /** Parallel lists: seconds since 1970, and values. */
  #points({ Id, Timestamps, Values }: Result): RawPoint[] {
    const [timestamps, values] = [Timestamps ?? [], Values ?? []];
    if (timestamps.length !== values.length) {
      throw unreadableAnswer(this.#request, `${Id} has ${timestamps.length} times, but ${values.length} values`);
    }
    return timestamps.map((seconds, index) => {
      if (typeof seconds === 'number') return [Math.round(seconds * 1000), values[index]];
      throw unreadableAnswer(
        this.#request,
        `a time of ${Id} is ${JSON.stringify(seconds).slice(0, 80)}, not a number of seconds`,
      );
    });
  }
}

const Statuses = z.object({
  MetricDataResults: z.array(z.object({ Id: z.string(), StatusCode: z.string(), Messages })),
});

/** Finds errors in a successful answer. */
export function readFailure(json: unknown): Refusal | undefined {
  const results = Statuses.safeParse(json).data?.MetricDataResults ?? [];
  for (const { Id, StatusCode, Messages: messages } of results) {
    const code =
      StatusCode === 'Forbidden'
        ? 'METRICS_ACCESS_DENIED'
        : StatusCode === 'InternalError'
          ? 'METRICS_STORE_UNAVAILABLE'
          : undefined;
    const words = (messages ?? []).map(({ Value }) => Value ?? '').join('; ');
    if (code !== undefined) return { code, text: `${StatusCode} for ${Id}${words && `: ${words}`}` };
  }
  return undefined;
}
