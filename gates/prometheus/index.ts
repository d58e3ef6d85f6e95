import type { PrometheusAnswer, PrometheusApi, PrometheusAsked } from '../../src/domain/prometheus-api.ts';
import { CanaryError } from '../../src/errors.ts';
import { createTurns } from '../../src/waiting/turns.ts';
import { evaluate } from './evaluate.ts';
import { METRICS } from './metrics.ts';
import { durationParameter, limitParameter, type Steps, stepsOf, timeParameter } from './parameters.ts';
import { type Expression, isScalar, type Selector, selectorsOf } from './promql/expression.ts';
import { type Labels, RUN_LABELS } from './run-labels.ts';
import type { RunSource } from './run-source.ts';
import { LOOK_BACK_MILLIS, type Selection, type Span, select } from './select.ts';
import type { Value } from './vectors.ts';

/** The documentation of Prometheus says what this version understands. */
const API_VERSION = '2.55.0';
/** Where `series`, `labels` and label values are asked for without a time. */
const RECENT_MILLIS = 30 * 86_400_000;
const MOST_VALUES = 500_000;
const MOST_MATCHES = 20;

export interface PrometheusApiParts {
  readonly source: RunSource;
  readonly now: () => number;
  /** of this service */
  readonly version: string;
}

/** The runs of a source as series of Prometheus. Asks the source for nothing that a query does not need. */
export function createPrometheusApi({ source, now, version }: PrometheusApiParts): PrometheusApi {
  const matched = ({ parameters, applications }: PrometheusAsked, absent: readonly string[]) =>
    labelsOf({ source: within(source, applications), now, parameters, absent });
  return {
    query: ({ parameters, applications }) => instant(within(source, applications), parameters, now()),
    queryRange: ({ parameters, applications }) => range(within(source, applications), parameters),
    async labels(asked) {
      if (!asked.parameters.has('match[]')) return limited(ALL_LABELS, asked.parameters, []);
      const { labels, warnings } = await matched(asked, []);
      return limited(sorted(labels.flatMap((one) => Object.keys(one))), asked.parameters, warnings);
    },
    async labelValues(asked, label) {
      const { parameters } = asked;
      if (label === '__name__' && !parameters.has('match[]')) return limited(METRICS.map(nameOf), parameters, []);
      const holder = METRICS.find((metric) => metric.labels?.includes(label))?.name ?? 'haldane_run_info';
      const { labels, warnings } = await matched(asked, [holder]);
      return limited(sorted(labels.flatMap((one) => one[label] ?? [])), parameters, warnings);
    },
    async series(asked) {
      const { labels, warnings } = await matched(asked, []);
      return limited(labels, asked.parameters, warnings);
    },
    async metadata({ parameters }) {
      const name = parameters.get('metric') ?? '';
      const wanted = METRICS.filter((metric) => name === '' || metric.name === name);
      const entries = wanted.map(({ name: of, help }) => [of, [{ type: 'gauge', help, unit: '' }]] as const);
      return success(Object.fromEntries(entries.slice(0, limitParameter(parameters))), []);
    },
    buildInfo: async () => success(buildInfoOf(version), []),
  };
}

function within(source: RunSource, applications: readonly string[] | undefined): RunSource {
  return { ...source, lines: (asked) => source.lines({ ...asked, within: applications }) };
}

const nameOf = ({ name }: { name: string }) => name;
const sorted = (texts: readonly string[]) => [...new Set(texts)].sort();
const ALL_LABELS = sorted(['__name__', ...RUN_LABELS, ...METRICS.flatMap(({ labels = [] }) => labels)]);

function buildInfoOf(version: string) {
  const unknown = { revision: '', branch: '', buildUser: '', buildDate: '', goVersion: '' };
  return { application: 'haldane', version: `${API_VERSION}+haldane.${version}`, ...unknown };
}

async function instant(source: RunSource, parameters: URLSearchParams, now: number): Promise<PrometheusAnswer> {
  const expression = await parsed(parameters);
  const at = timeParameter(parameters, 'time', now);
  const lookBackMillis = durationParameter(parameters, 'lookback_delta', LOOK_BACK_MILLIS);
  const { selections, warnings } = await selectAll(source, expression, {
    from: at,
    to: at,
    lookBackMillis,
    instant: true,
  });
  const value = evaluate(expression, { at, lookBackMillis, selections });
  if (typeof value === 'number') return success({ resultType: 'scalar', result: point(at, value) }, warnings);
  const result = value.map((sample) => ({ metric: sample.labels, value: point(at, sample.value) }));
  return success({ resultType: 'vector', result: result.slice(0, limitParameter(parameters)) }, warnings);
}

async function range(source: RunSource, parameters: URLSearchParams): Promise<PrometheusAnswer> {
  const expression = await parsed(parameters);
  const steps = stepsOf(parameters);
  const lookBackMillis = durationParameter(parameters, 'lookback_delta', LOOK_BACK_MILLIS);
  const span = { from: steps.start, to: steps.end, lookBackMillis, instant: false };
  const { selections, warnings } = await selectAll(source, expression, span);
  const valueAt = (at: number) => evaluate(expression, { at, lookBackMillis, selections });
  const result = await matrix(steps, valueAt, isScalar(expression));
  return success({ resultType: 'matrix', result: result.slice(0, limitParameter(parameters)) }, warnings);
}

interface MatrixSeries {
  readonly metric: Labels;
  readonly values: ReturnType<typeof point>[];
}

async function matrix({ start, end, step }: Steps, valueAt: (at: number) => Value, scalar: boolean) {
  const series = new Map<string, MatrixSeries>();
  const turn = createTurns();
  let count = 0;
  for (let at = start; at <= end; at += step) {
    await turn();
    const value = valueAt(at);
    for (const sample of typeof value === 'number' ? [{ labels: {}, key: '', value }] : value) {
      if (++count > MOST_VALUES) throw tooMany();
      const one = series.get(sample.key) ?? { metric: sample.labels, values: [] };
      one.values.push(point(at, sample.value));
      series.set(sample.key, one);
    }
  }
  if (scalar) return [...series.values()];
  return [...series].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, one]) => one);
}

function tooMany(): CanaryError {
  const message = `query: gives more than ${MOST_VALUES} values; make the step longer, or select fewer series.`;
  return new CanaryError('REQUEST_INVALID', message);
}

/** The grammar is only loaded for those who ask. */
async function parsed(parameters: URLSearchParams): Promise<Expression> {
  const { parseQuery } = await import('./promql/parse.ts');
  return parseQuery(parameters.get('query') ?? '');
}

async function selectAll(source: RunSource, expression: Expression, span: Span) {
  const selections = new Map<Selector, Selection>();
  for (const selector of selectorsOf(expression)) selections.set(selector, await select(source, selector, span));
  const warnings = [...new Set([...selections.values()].flatMap((selection) => selection.warnings))];
  return { selections, warnings };
}

interface LabelsAsked {
  readonly source: RunSource;
  readonly now: () => number;
  readonly parameters: URLSearchParams;
  /** selectors where the request has no `match[]` */
  readonly absent: readonly string[];
}

/** The label sets of the series that any `match[]` selects. */
async function labelsOf({ source, now, parameters, absent }: LabelsAsked) {
  const { parseSelector } = await import('./promql/parse.ts');
  const texts = parameters.has('match[]') ? parameters.getAll('match[]') : absent;
  if (texts.length === 0) throw wrongMatches('is missing; write a selector such as haldane_score');
  if (texts.length > MOST_MATCHES)
    throw wrongMatches(`is there ${texts.length} times; at most ${MOST_MATCHES} are read`);
  const to = timeParameter(parameters, 'end', now());
  const from = timeParameter(parameters, 'start', to - RECENT_MILLIS);
  if (to < from) throw new CanaryError('REQUEST_INVALID', 'end: is before start.');
  const found = new Map<string, Labels>();
  const warnings = new Set<string>();
  for (const text of texts) {
    const selection = await select(source, parseSelector(text), { from, to, lookBackMillis: 0, instant: false });
    for (const { going, ended } of selection.groups.flat()) {
      for (const { key, labels } of [...going, ...ended]) found.set(key, labels);
    }
    for (const warning of selection.warnings) warnings.add(warning);
  }
  return { labels: [...found.values()], warnings: [...warnings] };
}

function wrongMatches(problem: string): CanaryError {
  return new CanaryError('REQUEST_INVALID', `match[]: ${problem}.`);
}

function limited(data: readonly unknown[], parameters: URLSearchParams, warnings: readonly string[]) {
  const limit = limitParameter(parameters);
  if (data.length <= limit) return success(data, warnings);
  return success(data.slice(0, limit), [...warnings, 'results truncated due to limit']);
}

function success(data: unknown, warnings: readonly string[]): PrometheusAnswer {
  return { status: 'success', data, ...(warnings.length > 0 && { warnings }) };
}

/** Seconds since 1970, and the value as a text: JSON has no NaN. */
function point(at: number, value: number): readonly [number, string] {
  if (Number.isFinite(value) || Number.isNaN(value)) return [at / 1000, String(value)];
  return [at / 1000, value > 0 ? '+Inf' : '-Inf'];
}
