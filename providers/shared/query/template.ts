import type { MetricsRequest } from '../../../src/domain/metrics-provider.ts';
import { closestNames } from '../../../src/domain/values/closest-names.ts';
import { instantMillis } from '../../../src/domain/values/instant.ts';
import { invalidQuery, type TemplateQuery } from './query-fields.ts';
import { type Language, QuotePlace, UnquotableValue } from './quoting.ts';

/** The provider's own variables, such as `scope` and `location`. */
export type BaseBindings = Readonly<Record<string, string | undefined>>;

type TemplateRequest = MetricsRequest<TemplateQuery>;
/** For any query: its texts have variables, whether or not it can be a template. */
type TextRequest = MetricsRequest<object>;

/** Values are expanded recursively, so a few short ones could produce an endless text. */
const MAX_TEXT_LENGTH = 100_000;
const MAX_VARIABLES = 10_000;
const SHOWN_LENGTH = 80;

/** The variables of most providers. */
export function scopeBindings({ scope: { scope, location } }: TextRequest): BaseBindings {
  return { scope, location };
}

/**
 * The expanded text of the metric's template; undefined when the metric has none.
 *
 * @throws CanaryError METRICS_QUERY_INVALID in Kayenta's words: `customFilter` is used, the named template does not
 *   exist, a variable has no value, or variables refer to each other in a circle
 */
export function expandTemplate(
  request: TemplateRequest,
  language: Language | undefined,
  base = scopeBindings(request),
): string | undefined {
  const text = templateText(request);
  return text === undefined ? undefined : expandText(text, request, language, base);
}

/**
 * Expands `${name}` and `${name:-default}`, recursively; `$${name}` becomes a literal `${name}`. `$\{` is the same as
 * `${`: Kayenta stores configs escaped like that.
 *
 * @param language of the text: values within its quotes are escaped, if the account's `escapeScopeValues` says so;
 *   undefined for a text that no language reads
 * @throws CanaryError METRICS_QUERY_INVALID
 */
export function expandText(
  text: string,
  request: TextRequest,
  language: Language | undefined,
  base = scopeBindings(request),
): string {
  const { escapeScopeValues } = request.account as { readonly escapeScopeValues?: boolean };
  if (language === undefined || !escapeScopeValues)
    return expandEncoded({ text, request, base, encode: (value) => value });
  const place = new QuotePlace(language);
  const encode = (value: string, name: string) => {
    try {
      return place.escaped(value);
    } catch (error) {
      if (!(error instanceof UnquotableValue)) throw error;
      throw unquotable(request, { name, value, reason: error.message });
    }
  };
  return expandEncoded({ text, request, base, encode, read: (part) => place.read(part) });
}

function unquotable(request: TextRequest, { name, value, reason }: { name: string; value: string; reason: string }) {
  return invalidQuery(
    request,
    `the value of '\${${name}}', ${JSON.stringify(value.slice(0, SHOWN_LENGTH))}, ${reason}; use another value, or move ` +
      'the variable out of there.',
  );
}

interface EncodedText {
  readonly text: string;
  readonly request: TextRequest;
  /** {@link scopeBindings} when absent */
  readonly base?: BaseBindings;
  /** escapes the value of a variable for the language of the text */
  readonly encode: (value: string, name: string) => string;
  /** is told every part of the text as it is written, in order */
  readonly read?: (part: string) => void;
}

/**
 * Like {@link expandText}, but encodes the fully expanded value of each variable.
 *
 * @throws CanaryError METRICS_QUERY_INVALID
 */
export function expandEncoded({ text, request, base = scopeBindings(request), encode, read }: EncodedText): string {
  const template = text.replaceAll('$\\{', '${');
  const bindings = bindingsOf(request, base);
  let variables = 0;

  // A name ends at the first brace, so nothing nests inside the braces. Text after the last brace is left alone.
  function fill(part: string, open: readonly string[]): string {
    const end = part.lastIndexOf('}') + 1;
    let readTo = 0;
    const filled = part.slice(0, end).replace(VARIABLE, (variable, dollar: string, content: string, at: number) => {
      if (dollar !== '') return variable.slice(1);
      if (open.length === 0) read?.(part.slice(readTo, at));
      readTo = at + variable.length;
      const [, name = '', fallback] = /^(.*?)(?::-(.*))?$/s.exec(content) ?? [];
      if (open.includes(name)) throw circle(request, template, [...open, name]);
      const value = bindings.get(name) ?? fallback;
      if (value === undefined) throw unbound(request, { template, name, known: [...bindings.keys()] });
      if (++variables > MAX_VARIABLES) throw tooLong(request);
      const inside = fill(value, [...open, name]);
      if (open.length > 0) return inside;
      // A default is part of the template, in the language's own terms.
      const written = bindings.has(name) ? encode(inside, name) : inside;
      read?.(written);
      return written;
    });
    if (filled.length > MAX_TEXT_LENGTH) throw tooLong(request);
    return filled + part.slice(end);
  }
  return fill(template, []);
}

/** `${name}`, `${name:-default}`; with one more dollar a literal. */
const VARIABLE = /(\$?)\$\{([^}]*)\}/g;

function templateText(request: TemplateRequest): string | undefined {
  const { customInlineTemplate, customFilterTemplate: name, customFilter } = request.query;
  if (customFilter !== undefined && customFilter !== null) {
    throw invalidQuery(
      request,
      'CanaryMetricSetQueryConfig.customFilter is deprecated, use CanaryMetricSetQueryConfig.customInlineTemplate ' +
        'instead.',
    );
  }
  if (customInlineTemplate) return customInlineTemplate;
  if (!name) return undefined;
  const templates = request.config.templates ?? {};
  if (!Object.hasOwn(templates, name) && /[\s(){}[\]|]/.test(name)) {
    throw invalidQuery(
      request,
      `customFilterTemplate '${name.slice(0, SHOWN_LENGTH)}' is a query where the name of one of the config's templates ` +
        'belongs; write the query itself as customInlineTemplate.',
    );
  }
  const names = Object.keys(templates);
  if (names.length === 0) {
    throw invalidQuery(
      request,
      `Custom filter template '${name}' was referenced, but no templates were defined. Add it to the config's ` +
        '`templates`.',
    );
  }
  if (!Object.hasOwn(templates, name)) {
    throw invalidQuery(request, `Custom filter template '${name}' was not found. Known: ${names.join(', ')}.`);
  }
  return templates[name];
}

/** Later wins: what we add, the provider's own, same-named fields of the query, `extendedScopeParams`. */
function bindingsOf(request: TextRequest, base: BaseBindings): ReadonlyMap<string, string> {
  const bindings = new Map<string, string>();
  const bind = (name: string, value: unknown) => {
    if (typeof value === 'string' && value !== '') bindings.set(name, value);
  };
  for (const [name, value] of Object.entries(addedBindings(request))) bind(name, value);
  for (const [name, value] of Object.entries(base)) bind(name, value);
  const query: Readonly<Record<string, unknown>> = { ...request.query };
  for (const name of Object.keys(base)) bind(name, query[name]);
  for (const [name, value] of Object.entries(request.scope.extendedScopeParams ?? {})) bindings.set(name, value);
  return bindings;
}

function addedBindings({ query, scope, side }: TextRequest): BaseBindings {
  const { start, end, step } = scope;
  const startMillis = start === undefined ? undefined : instantMillis(start);
  const endMillis = end === undefined ? undefined : instantMillis(end);
  const length = startMillis === undefined || endMillis === undefined ? undefined : endMillis - startMillis;
  const { metricName } = query as { readonly metricName?: string };
  return {
    step: step?.toString(),
    stepMs: step === undefined ? undefined : String(step * 1000),
    start,
    end,
    startEpochSeconds: wholeSeconds(startMillis),
    endEpochSeconds: wholeSeconds(endMillis),
    startEpochMillis: startMillis?.toString(),
    endEpochMillis: endMillis?.toString(),
    durationSeconds: wholeSeconds(length),
    role: side,
    metricName,
  };
}

function wholeSeconds(millis: number | undefined): string | undefined {
  return millis === undefined ? undefined : String(Math.floor(millis / 1000));
}

function unbound(request: TextRequest, problem: { template: string; name: string; known: string[] }) {
  const { template, name, known } = problem;
  return invalidQuery(
    request,
    `Problem evaluating custom filter template: ${template} - '${name}' has no value; known: ${known.join(', ')}. ` +
      `${remedyFor(name, known)}, or write a default: \${${name}:-default}`,
  );
}

/** Where the value of a variable comes from. */
const SOURCES: Readonly<Record<string, string>> = {
  scope: "Give the run's scope its field scope",
  location: "Give the run's scope a location",
  step: "Give the run's scope a step in seconds",
  stepMs: "Give the run's scope a step in seconds",
  metricName: "Write the query's metricName",
};
const OF_START = ['start', 'startEpochSeconds', 'startEpochMillis'];
const OF_END = ['end', 'endEpochSeconds', 'endEpochMillis', 'durationSeconds'];

/** What gives a variable without a value one, in a sentence without its end. */
export function remedyFor(name: string, known: readonly string[]): string {
  const source = SOURCES[name];
  if (source !== undefined) return source;
  if (OF_START.includes(name)) return "Give the run's scope a start";
  if (OF_END.includes(name)) return "Give the run's scope a start and an end";
  const all = [...new Set([...known, ...Object.keys(SOURCES), ...OF_START, ...OF_END])];
  const near = closestNames(name, all);
  const meant = near.length === 0 ? '' : `Did you mean ${near.map((one) => `'${one}'`).join(' or ')}? Else give`;
  return `${meant === '' ? 'Give' : meant} it a value in the scope's extendedScopeParams`;
}

function circle(request: TextRequest, template: string, names: readonly string[]) {
  return invalidQuery(
    request,
    `Problem evaluating custom filter template: ${template} - its variables refer to each other in a circle: ${names.join(' -> ')}`,
  );
}

function tooLong(request: TextRequest) {
  return invalidQuery(
    request,
    `the template's variables make a text of more than ${MAX_TEXT_LENGTH} characters or ${MAX_VARIABLES} variables; ` +
      'shorten their values',
  );
}
