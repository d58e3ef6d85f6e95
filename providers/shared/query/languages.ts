import type { Language, Quote } from './quoting.ts';

/** `\` before the quote, before itself, and for line breaks, as in C. */
function withBackslash(mark: string): Quote {
  return { open: mark, close: mark, escapeCharacter: '\\', escape: (value) => backslashed(value, mark) };
}

function backslashed(value: string, mark: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll(mark, `\\${mark}`).replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}

/** Nothing within can be escaped. */
function raw(open: string, refused: RegExp, close = open): Quote {
  return { open, close, refused };
}

/**
 * A regular expression. Its own escapes stay, since a value may be a part of one; a backslash at the end of a value would
 * take the meaning of what follows away.
 */
function regex(after: RegExp): Quote {
  return {
    open: '/',
    close: '/',
    after,
    escapeCharacter: '\\',
    refused: /[\r\n]|(?<!\\)(?:\\\\)*\\$/,
    escape: (value) => value.replaceAll(/\\[\s\S]|\//g, (sign) => (sign === '/' ? '\\/' : sign)),
  };
}

const HASH = { open: '#', close: '\n' };
const DASHES = { open: '--', close: '\n' };
const SLASHES = { open: '//', close: '\n' };
const BLOCK = { open: '/*', close: '*/' };

/** PromQL, MetricsQL and LogQL. @see https://prometheus.io/docs/prometheus/latest/querying/basics/#string-literals */
export const PROMQL: Language = {
  quotes: [withBackslash('"'), withBackslash("'"), raw('`', /`/)],
  comments: [HASH],
};

/** Texts of Elasticsearch's query string. */
export const LUCENE: Language = { quotes: [withBackslash('"'), regex(/[:(]$/)] };

/** A body as JSON, whose texts may be Lucene with quotes of their own. */
export const LUCENE_IN_JSON: Language = {
  quotes: [
    {
      ...withBackslash('"'),
      escape: jsonText,
      escapeInner: (value) => jsonText(backslashed(value, '"')),
    },
  ],
};

function jsonText(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

/** Splunk's search language. */
export const SPL: Language = { quotes: [withBackslash('"')] };

/** @see https://docs.newrelic.com/docs/nrql/nrql-syntax-clauses-functions/ */
export const NRQL: Language = {
  quotes: [withBackslash("'"), withBackslash('"'), raw('`', /`/)],
  comments: [DASHES, SLASHES, BLOCK],
};

/** Datadog has no quotes: tags stand between braces. */
export const DATADOG: Language = { quotes: [raw('{', /[{}]/, '}')] };

/** @see https://docs.influxdata.com/influxdb/v1/query_language/spec/ */
export const INFLUXQL: Language = { quotes: [withBackslash("'"), withBackslash('"'), regex(/[~(,]$/)] };

/** `${` begins an expression within a text. @see https://docs.influxdata.com/flux/v0/spec/lexical-elements/ */
export const FLUX: Language = {
  quotes: [
    { ...withBackslash('"'), escape: (value) => backslashed(value, '"').replaceAll('${', '\\${') },
    regex(/[~(,:=]$/),
  ],
  comments: [SLASHES],
};

/** A quote is doubled. */
export const ODATA: Language = {
  quotes: [{ open: "'", close: "'", escape: (value) => value.replaceAll("'", "''") }],
};

/** @see https://cloud.google.com/monitoring/api/v3/filters */
export const CLOUD_MONITORING: Language = { quotes: [withBackslash('"'), withBackslash("'")] };

export const SIGNALFLOW: Language = { quotes: [withBackslash('"'), withBackslash("'")], comments: [HASH] };

export const WAVEFRONT: Language = { quotes: [withBackslash('"'), withBackslash("'")] };

/** `~` takes the meaning of quotes and of itself away. */
export const DYNATRACE: Language = {
  quotes: [
    {
      open: '"',
      close: '"',
      escapeCharacter: '~',
      escape: (value) => value.replaceAll(/["~]/g, '~$&'),
    },
  ],
};

/** Texts of languages that document no way to write a quote within quotes, and may have other quotes in them. */
export const NO_ESCAPE: Language = { quotes: [raw("'", /["'\\]/), raw('"', /["'\\]/)] };

export const GRAPHQL: Language = { quotes: [withBackslash('"')], comments: [HASH] };
