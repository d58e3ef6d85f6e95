import { instantMillis, isoInstant } from '../../src/domain/values/instant.ts';
import { CanaryError, type ErrorCode } from '../../src/errors.ts';
import { requestLabel } from '../shared/http/failures.ts';
import type { RawSeries } from '../shared/series/metric-sets.ts';
import { SeriesByTags } from '../shared/series/series-by-tags.ts';
import type { SqlRequest } from './query.ts';

/** The result of a statement. */
export interface SqlTable {
  readonly columns: readonly string[];
  /** type names of the database, when needed for parsing times */
  readonly types?: readonly string[];
  /** texts, numbers or null */
  readonly rows: readonly (readonly unknown[])[];
  /** what the database says besides */
  readonly notices?: readonly string[];
}

/** More than any canary needs, and less than the process's memory. */
export const MAX_ROWS = 1_000_000;

/** @throws CanaryError METRICS_QUERY_REJECTED for a missing column, METRICS_ANSWER_INVALID for an invalid time */
export function seriesOf(request: SqlRequest, table: SqlTable): RawSeries[] {
  const { timeColumn, valueColumn, tagColumns } = request.query;
  const [time, value] = [timeColumn, valueColumn].map((name) => columnOf(request, table, name)) as [number, number];
  const tags = tagColumns.map((name) => [name, columnOf(request, table, name)] as const);
  refuseLocalTimes(request, table.types?.[time]);
  const grouped = new SeriesByTags();
  for (const row of table.rows) {
    const values = tags.map(([name, column]) => [name, String(row[column] ?? '')] as const);
    grouped.add(Object.fromEntries(values), [readTime(request, row[time]), row[value]]);
  }
  return grouped.series;
}

/** An error that names account and metric. */
function failureOf(request: SqlRequest, code: ErrorCode, reason: string): CanaryError {
  return new CanaryError(code, `${requestLabel(request)}: ${reason}`);
}

function columnOf(request: SqlRequest, { columns }: SqlTable, name: string): number {
  const index = columns.indexOf(name);
  if (index !== -1) return index;
  throw failureOf(
    request,
    'METRICS_QUERY_REJECTED',
    `the statement returns no column '${name}', but ${columns.join(', ') || 'none'}; name it with AS`,
  );
}

/** ClickHouse writes times without their zone. */
function refuseLocalTimes(request: SqlRequest, type: string | undefined): void {
  if (type === undefined || !/^(Nullable\()?Date/.test(type) || /'(Etc\/)?(UTC|GMT)'/.test(type)) return;
  throw failureOf(
    request,
    'METRICS_QUERY_REJECTED',
    `the column '${request.query.timeColumn}' is a ${type} of the server's zone; return toUnixTimestamp(…) of it`,
  );
}

/** @returns milliseconds since 1970 */
function readTime(request: SqlRequest, raw: unknown): number {
  const { timeColumn, timeUnit } = request.query;
  const number =
    typeof raw === 'number' || (typeof raw === 'string' && /^-?\d+(\.\d+)?$/.test(raw)) ? Number(raw) : NaN;
  if (Number.isFinite(number) && timeUnit !== 'iso') return Math.round(timeUnit === 's' ? number * 1000 : number);
  const instant = typeof raw === 'string' ? isoInstant(inZone(raw)) : undefined;
  if (instant !== undefined) return instantMillis(instant);
  const wanted = timeUnit === 'iso' ? 'a timestamp' : 'a number of seconds or milliseconds since 1970, or a timestamp';
  throw failureOf(
    request,
    'METRICS_ANSWER_INVALID',
    `the column '${timeColumn}' holds ${JSON.stringify(raw)?.slice(0, 80)}, not ${wanted}`,
  );
}

/** `2025-01-15 12:45:00+00`; a time without a zone is UTC. */
function inZone(text: string): string {
  const written = text.replace(' ', 'T');
  return /(Z|[+-]\d\d(:?\d\d)?)$/i.test(written.slice(10)) ? written : `${written}Z`;
}
