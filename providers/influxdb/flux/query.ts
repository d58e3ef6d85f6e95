import { FLUX } from '../../shared/query/languages.ts';
import { invalidQuery } from '../../shared/query/query-fields.ts';
import { expandTemplate } from '../../shared/query/template.ts';
import type { InfluxdbAccount } from '../account.ts';
import {
  type InfluxdbQuery,
  type InfluxdbRequest,
  measurementOf,
  scopePair,
  stepOf,
  tellsFieldsApart,
  windowOf,
} from '../query.ts';
import { writingProblem } from './refuse-writing.ts';

/**
 * The Flux script of a metric.
 * @throws CanaryError METRICS_QUERY_INVALID
 */
export function buildFlux(request: InfluxdbRequest): string {
  const { start, end } = windowOf(request);
  const timeFilter = `range(start: ${start}, stop: ${end})`;
  const pair = scopePair(request);
  const scopeFilter = pair === undefined ? undefined : `r[${text(pair.tag)}] == ${text(pair.value)}`;
  const { location, step } = request.scope;
  const steps = step === undefined ? {} : stepOf(request);
  const bucket = bucketOf(request.account, request.query);
  const template = expandTemplate(request, FLUX, { scope: scopeFilter, location, timeFilter, bucket, ...steps });
  const script = template || builtScript(request, timeFilter, scopeFilter);
  const problem = writingProblem(script, request.account.allowPackages);
  if (problem !== undefined) throw invalidQuery(request, `Query type not allowed. The script ${problem}`);
  return script;
}

/** The bucket; in 1.8 a database with its retention policy. */
export function bucketOf(account: InfluxdbAccount, query: Partial<InfluxdbQuery> = {}): string | undefined {
  const own = query.bucket ?? account.bucket;
  if (own !== undefined) return own;
  const database = query.database ?? account.database;
  const policy = query.retentionPolicy ?? account.retentionPolicy;
  return database === undefined || policy === undefined ? database : `${database}/${policy}`;
}

function builtScript(request: InfluxdbRequest, timeFilter: string, scopeFilter: string | undefined): string {
  const { fields, groupBy, aggregation } = request.query;
  const bucket = bucketOf(request.account, request.query);
  if (bucket === undefined) {
    throw invalidQuery(request, "Flux needs a bucket: name it in the account's or the query's bucket.");
  }
  const conditions = [
    `r._measurement == ${text(measurementOf(request))}`,
    ...(fields.length === 0 || fields.some((field) => field.startsWith('*')) ? [] : [oneOf(fields)]),
    ...(scopeFilter === undefined ? [] : [scopeFilter]),
  ];
  const groups = [...(tellsFieldsApart(request) ? ['_field'] : []), ...groupBy];
  return [
    `from(bucket: ${text(bucket)})`,
    timeFilter,
    `filter(fn: (r) => ${conditions.join(' and ')})`,
    `group(columns: [${groups.map(text).join(', ')}])`,
    ...(aggregation === 'none' ? [] : windows(request)),
  ].join('\n  |> ');
}

function oneOf(fields: readonly string[]): string {
  const choices = fields.map((field) => `r._field == ${text(field)}`).join(' or ');
  return fields.length === 1 ? choices : `(${choices})`;
}

function windows(request: InfluxdbRequest): string[] {
  const { aggregation } = request.query;
  const { step, offset } = stepOf(request);
  const rank = /^percentile\((.*)\)$/.exec(aggregation)?.[1];
  // As in InfluxQL: the value at the rank, not interpolated.
  const quantile = `(column, tables=<-) => tables |> quantile(q: ${Number((Number(rank) / 100).toPrecision(12))}, method: "exact_selector", column: column)`;
  return [
    // Grouping concatenates series.
    ...(aggregation === 'last' ? ['sort(columns: ["_time"])'] : []),
    `aggregateWindow(every: ${step}, fn: ${rank === undefined ? aggregation : quantile}, createEmpty: true, ` +
      `offset: ${offset}, timeSrc: "_start")`,
  ];
}

/** A Flux string literal; `${` would start an expression in it. */
export function text(value: string): string {
  const escaped = value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `"${escaped.replaceAll('${', '\\${')}"`;
}
