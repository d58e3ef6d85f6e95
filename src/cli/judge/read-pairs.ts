import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { CanaryClassifierThresholdsConfig, CanaryConfig } from '../../domain/canary-config.ts';
import { MetricSetPair } from '../../domain/metric-set-pair.ts';
import { Doubles } from '../../domain/values/double.ts';
import { fieldPath } from '../../domain/values/field-path.ts';
import { messageOf } from '../../errors.ts';
import { CommandError, EXIT } from '../command-error.ts';
import { isOutputs, readOutputs } from './read-outputs.ts';

/** What a file holds: pairs, and perhaps how to judge them. */
export interface PairsFile {
  readonly pairs: readonly MetricSetPair[];
  readonly config?: CanaryConfig;
  readonly thresholds?: CanaryClassifierThresholdsConfig;
  /** outputs of models, whose fields may be more than the metrics of a config */
  readonly isOutputs?: true;
}

const BASELINE = ['baseline', 'control', 'stable'];
const CANARY = ['canary', 'experiment'];
const METRIC = ['metric', 'name'];
/** Of a file that names none. */
const ONLY_METRIC = 'metric';

const FORMS =
  'write JSON (a list of pairs, or {"baseline": [1, 2], "canary": [1, 3]}), or two columns of numbers, the baseline first';

/**
 * Pairs in JSON as the API has them, one pair as two lists, or a table: two columns of numbers, or columns named
 * baseline and canary, and metric where there are several; or the outputs of models, a record a line.
 *
 * @param name of the file, for messages
 * @throws CommandError usage, with line and column
 */
export function readPairs(text: string, name: string): PairsFile {
  if (text.trim() === '') throw new CommandError(EXIT.usage, `${name} is empty; ${FORMS}`);
  if (isOutputs(text)) return { pairs: readOutputs(text, name), isOutputs: true };
  return /^\s*[[{]/.test(text) ? fromJson(text, name) : { pairs: fromTable(text, name) };
}

const TwoLists = z
  .object({ baseline: Doubles, canary: Doubles })
  .or(
    z
      .object({ control: Doubles, experiment: Doubles })
      .transform((it) => ({ baseline: it.control, canary: it.experiment })),
  );
const Whole = z.object({
  canaryConfig: CanaryConfig.optional(),
  scoreThresholds: CanaryClassifierThresholdsConfig.optional(),
  metricSetPairList: z.array(MetricSetPair).min(1),
});

function fromJson(text: string, name: string): PairsFile {
  const value = parseJson(text, name);
  if (Array.isArray(value)) return { pairs: checked(z.array(MetricSetPair).min(1), value, name) };
  const keys = Object.keys(value as object);
  if (keys.includes('metricSetPairList')) {
    const { canaryConfig: config, scoreThresholds: thresholds, metricSetPairList } = checked(Whole, value, name);
    return { pairs: metricSetPairList, ...(config && { config }), ...(thresholds && { thresholds }) };
  }
  if (keys.includes('values')) return { pairs: [checked(MetricSetPair, value, name)] };
  const isPair = BASELINE.concat(CANARY).some((key) => keys.includes(key));
  if (!isPair) throw new CommandError(EXIT.usage, `${name} holds no series; ${FORMS}`);
  const { baseline, canary } = checked(TwoLists, value, name);
  return { pairs: [pairOf(ONLY_METRIC, baseline, canary)] };
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CommandError(EXIT.usage, `${name} is not JSON: ${messageOf(error)}`, error);
  }
}

function checked<T>(Schema: z.ZodType<T>, value: unknown, name: string): T {
  const read = Schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : `${fieldPath(issue.path)}: `;
  throw new CommandError(EXIT.usage, `${name}: ${where}${issue?.message}; ${FORMS}`);
}

function fromTable(text: string, name: string): MetricSetPair[] {
  const rows = tableRows(text, name);
  const [first = []] = rows;
  const header = first.map((cell) => cell.trim().toLowerCase());
  const isHeader = header.some((cell) => [...BASELINE, ...CANARY].includes(cell));
  const columns = isHeader ? namedColumns(header, name) : { baseline: 0, canary: 1, metric: -1 };
  const sides = new Map<string, { baseline: number[]; canary: number[] }>();
  for (const [index, row] of rows.entries()) {
    if (isHeader && index === 0) continue;
    if (!isHeader && row.length !== 2) {
      throw new CommandError(EXIT.usage, `${name}, line ${index + 1}: ${row.length} columns instead of two; ${FORMS}`);
    }
    const metric = row[columns.metric]?.trim() || ONLY_METRIC;
    const pair = sides.get(metric) ?? { baseline: [], canary: [] };
    sides.set(metric, pair);
    for (const side of ['baseline', 'canary'] as const) {
      pair[side].push(numberIn(row[columns[side]] ?? '', `${name}, line ${index + 1}, ${side}`));
    }
  }
  if (sides.size === 0) throw new CommandError(EXIT.usage, `${name} has a header and no numbers; ${FORMS}`);
  return [...sides].map(([metric, { baseline, canary }]) => pairOf(metric, baseline, canary));
}

/** Separated by comma, semicolon or tab, whichever the first line has, else by blanks. */
function tableRows(text: string, name: string): string[][] {
  const lines = text.trim();
  const [firstLine = ''] = lines.split('\n', 1);
  const delimiter = [',', ';', '\t'].find((one) => firstLine.includes(one));
  if (delimiter === undefined) return lines.split(/\r?\n/).map((line) => line.trim().split(/\s+/));
  try {
    return parse(lines, { delimiter, relax_column_count: true, skip_empty_lines: true, bom: true });
  } catch (error) {
    throw new CommandError(EXIT.usage, `${name} is no table: ${messageOf(error)}`, error);
  }
}

function namedColumns(header: readonly string[], name: string) {
  const indexOf = (names: readonly string[]) => header.findIndex((cell) => names.includes(cell));
  const [baseline, canary, metric] = [indexOf(BASELINE), indexOf(CANARY), indexOf(METRIC)];
  if (baseline >= 0 && canary >= 0) return { baseline, canary, metric };
  const missing = baseline < 0 ? BASELINE : CANARY;
  throw new CommandError(EXIT.usage, `${name} has no column ${missing.join(' or ')}; it has ${header.join(', ')}`);
}

/** An empty cell is a gap. */
function numberIn(cell: string, where: string): number {
  const text = cell.trim();
  if (text === '' || /^(nan|null|na)$/i.test(text)) return Number.NaN;
  const value = Number(text);
  if (!Number.isNaN(value)) return value;
  throw new CommandError(EXIT.usage, `${where}: '${text}' is not a number; leave the cell empty for a gap`);
}

function pairOf(metric: string, control: readonly number[], experiment: readonly number[]): MetricSetPair {
  return { name: metric, id: metric, tags: {}, values: { control: [...control], experiment: [...experiment] } };
}
