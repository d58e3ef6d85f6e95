import { INFLUXQL } from '../../shared/query/languages.ts';
import { invalidQuery } from '../../shared/query/query-fields.ts';
import { expandTemplate } from '../../shared/query/template.ts';
import { ALL_FIELDS, type InfluxdbRequest, measurementOf, scopePair, stepOf, windowOf } from '../query.ts';

/**
 * The InfluxQL of a metric, as Kayenta writes it; names and values InfluxQL would misread are quoted.
 *
 * @throws CanaryError METRICS_QUERY_INVALID
 */
export function buildInfluxql(request: InfluxdbRequest): string {
  const { start, end } = windowOf(request);
  const timeFilter = `time >= '${start}' AND time < '${end}'`;
  const pair = scopePair(request);
  const scopeFilter = pair === undefined ? undefined : `${tagName(pair.tag)} = ${literal(pair.value)}`;
  const text = templateText(request, timeFilter, scopeFilter) || builtText(request, timeFilter, scopeFilter);
  refuseOthers(request, text);
  return text;
}

function templateText(request: InfluxdbRequest, timeFilter: string, scopeFilter: string | undefined) {
  const { location, step } = request.scope;
  const steps = step === undefined ? {} : stepOf(request);
  const text = expandTemplate(request, INFLUXQL, { scope: scopeFilter, location, timeFilter, ...steps });
  if (text === undefined || text === '') return undefined;
  refuseOthers(request, text);
  // Without them a query would cover all history, or both sides.
  if (!text.includes(timeFilter))
    throw invalidQuery(
      request,
      '${timeFilter} is required in query; without it all history would be read. Write WHERE ${timeFilter}.',
    );
  if (scopeFilter === undefined || !text.includes(scopeFilter)) {
    const why = scopeFilter === undefined ? "Give the run's scope its field scope." : 'Write AND ${scope} after WHERE.';
    throw invalidQuery(request, `\${scope} is required in query, so that the sides differ. ${why}`);
  }
  return text;
}

function builtText(request: InfluxdbRequest, timeFilter: string, scopeFilter: string | undefined): string {
  const { aggregation, groupBy } = request.query;
  const measurement = measurementText(measurementOf(request));
  const filters = [timeFilter, ...(scopeFilter === undefined ? [] : [scopeFilter])].join(' AND ');
  const text = `SELECT ${selected(request)} FROM ${measurement} WHERE ${filters}`;
  const tags = groupBy.map(quoted);
  if (aggregation === 'none') return tags.length === 0 ? text : `${text} GROUP BY ${tags.join(', ')}`;
  const { step, offset } = stepOf(request);
  const time = offset === '0s' ? `time(${step})` : `time(${step}, ${offset})`;
  return `${text} GROUP BY ${[time, ...tags].join(', ')} fill(null)`;
}

function selected(request: InfluxdbRequest): string {
  const { aggregation } = request.query;
  const fields = request.query.fields.length === 0 ? [ALL_FIELDS] : request.query.fields;
  if (aggregation === 'none') return fields.map(name).join(', ');
  const [, functionName = aggregation, rank] = /^(\w+)\((.*)\)$/.exec(aggregation) ?? [];
  return fields
    .map((field) => {
      const column = field.startsWith('*') ? field : columnName(request, field);
      const call = `${functionName}(${[column, ...(rank === undefined ? [] : [rank])].join(', ')})`;
      // Otherwise the column would be named after the function.
      return field.startsWith('*') ? call : `${call} AS ${column}`;
    })
    .join(', ');
}

function columnName(request: InfluxdbRequest, field: string): string {
  if (IN_QUOTES.test(field)) return field;
  if (A_NAME.test(field)) return quoted(field);
  throw invalidQuery(request, `fields has an expression, ${field}: set aggregation to 'none', or use field names`);
}

function tagName(tag: string): string {
  return isPlain(tag) || IN_QUOTES.test(tag) ? tag : quoted(tag);
}

/** `database.policy.measurement`, quoted names and patterns are InfluxQL already. */
function measurementText(measurement: string): string {
  return /^\w+(\.\w*)+$|["/]/.test(measurement) ? measurement : name(measurement);
}

const IN_QUOTES = /^"(?:[^"\\]|\\.)*"$/;
/** Characters of plain names: no operator or function. */
const A_NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.%-]*$/u;

/** A name, quoted if necessary; anything else is taken as an expression, as in Kayenta. */
function name(text: string): string {
  return isPlain(text) || !A_NAME.test(text) ? text : quoted(text);
}

function isPlain(text: string): boolean {
  return /^[A-Za-z_]\w*$/.test(text) && !KEYWORDS.has(text.toUpperCase());
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}

/** String literals, quoted names, and patterns where one is allowed. */
const QUOTED = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|((?:[=!]~|\b(?:FROM|SELECT|BY)\b|[,(])\s*)\/(?:[^/\\\n]|\\.)+\//gi;
/** A second statement, a comment that could hide one, statements that do not read, and results that are not series. */
const FORBIDDEN = /;|--|\/\*|\b(SHOW|INTO)\b/i;

/** Read-only credentials are the real protection: some versions execute a SELECT … INTO sent with GET. */
function refuseOthers(request: InfluxdbRequest, text: string): void {
  const bare = text.replace(QUOTED, (_, before: string | undefined) => `${before ?? ''}''`);
  if (/^\s*SELECT\b/i.test(bare) && !FORBIDDEN.test(bare)) return;
  throw invalidQuery(
    request,
    'Query type not allowed. It must be one SELECT, without INTO, SHOW, comments or semicolons',
  );
}

const KEYWORDS = new Set(
  (
    'ALL ALTER ANALYZE ANY AS ASC BEGIN BY CARDINALITY CREATE CONTINUOUS DATABASE DATABASES DEFAULT DELETE DESC ' +
    'DESTINATIONS DIAGNOSTICS DISTINCT DROP DURATION END EVERY EXACT EXPLAIN FIELD FOR FROM GRANT GRANTS GROUP GROUPS ' +
    'IN INF INSERT INTO KEY KEYS KILL LIMIT MEASUREMENT MEASUREMENTS NAME OFFSET ON ORDER PASSWORD POLICY POLICIES ' +
    'PRIVILEGES QUERIES QUERY READ REPLICATION RESAMPLE RETENTION REVOKE SELECT SERIES SET SHARD SHARDS SLIMIT SOFFSET ' +
    'STATS SUBSCRIPTION SUBSCRIPTIONS TAG TO USER USERS VALUES WHERE WITH WRITE'
  ).split(' '),
);
