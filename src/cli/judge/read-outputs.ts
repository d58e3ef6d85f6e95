import type { CanaryConfig } from '../../domain/canary-config.ts';
import type { MetricSetPair } from '../../domain/metric-set-pair.ts';
import { messageOf } from '../../errors.ts';
import { CommandError, EXIT } from '../command-error.ts';

/** Words for the sides in the field `arm` of a record. */
const ARMS: Readonly<Record<string, Side>> = {
  ...{ baseline: 'control', control: 'control', champion: 'control', stable: 'control' },
  ...{ canary: 'experiment', experiment: 'experiment', challenger: 'experiment' },
};
const ARM = 'arm';
const REQUEST = 'request';
type Side = 'control' | 'experiment';

interface Output {
  readonly side: Side;
  readonly request: string | undefined;
  readonly line: number;
  readonly fields: ReadonlyMap<string, unknown>;
}

/** Whether a text is outputs of models, as an evaluator writes them: one object a line, of which the first names its arm. */
export function isOutputs(text: string): boolean {
  const [line = ''] = text.trimStart().split('\n', 1);
  return /^\{.*"arm"\s*:.*\}\s*$/.test(line);
}

/**
 * Outputs in JSON Lines: one record for each, with its `arm`, and perhaps the `request` it answers. Every other field is a
 * metric: numbers are values, true and false are 1 and 0, words are categories, each counted in a series of its own; what is
 * within an object is named by its path. Where both arms answer the same requests, values are in the order of the requests.
 *
 * @throws CommandError usage naming the line
 */
export function readOutputs(text: string, name: string): MetricSetPair[] {
  const outputs = text.split(/\r?\n/).flatMap((line, index) => {
    return line.trim() === '' ? [] : [outputOf(line, { name, line: index + 1 })];
  });
  const bySide = Map.groupBy(outputs, ({ side }) => side);
  const [control, experiment] = [bySide.get('control') ?? [], bySide.get('experiment') ?? []];
  const ordered = alignedByRequest(control, experiment, name);
  const names = [...new Set(outputs.flatMap(({ fields }) => [...fields.keys()]))];
  return names.flatMap((field) => pairsOf(field, ordered, name));
}

/** Only the metrics of the config. @throws CommandError usage for one that no record has */
export function outputsOfConfig(pairs: readonly MetricSetPair[], { metrics = [] }: CanaryConfig, name: string) {
  const fields = [...new Set(pairs.map((pair) => pair.name))];
  const missing = metrics.find((metric) => !fields.includes(metric.name ?? ''));
  if (missing !== undefined) {
    const known = fields.join(', ');
    throw new CommandError(EXIT.usage, `${name}: no record has the metric '${missing.name}'; its fields are ${known}`);
  }
  return pairs.filter((pair) => metrics.some((metric) => metric.name === pair.name));
}

function outputOf(text: string, at: { readonly name: string; readonly line: number }): Output {
  const where = `${at.name}, line ${at.line}`;
  const record = parsed(text, where);
  const { [ARM]: arm, [REQUEST]: request, ...fields } = record;
  const side = typeof arm === 'string' && Object.hasOwn(ARMS, arm) ? ARMS[arm] : undefined;
  if (side === undefined) {
    const known = Object.keys(ARMS).join(', ');
    throw new CommandError(EXIT.usage, `${where}: arm is ${JSON.stringify(arm) ?? 'missing'}; write one of ${known}`);
  }
  const flat = new Map(Object.entries(fields).flatMap(([key, value]) => flattened(key, value, where)));
  return { side, request: request === undefined ? undefined : String(request), line: at.line, fields: flat };
}

function parsed(text: string, where: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    throw new CommandError(EXIT.usage, `${where} is not JSON: ${messageOf(error)}`, error);
  }
  throw new CommandError(EXIT.usage, `${where} is no object; write one record a line`);
}

function flattened(key: string, value: unknown, where: string): [string, unknown][] {
  if (Array.isArray(value)) throw new CommandError(EXIT.usage, `${where}: ${key} is a list; give a metric one value`);
  if (typeof value !== 'object' || value === null) return [[key, value]];
  return Object.entries(value).flatMap(([name, within]) => flattened(`${key}.${name}`, within, where));
}

type Ordered = Record<Side, readonly (Output | undefined)[]>;

/** Where some requests were answered by both, one that an arm did not answer is a gap. */
function alignedByRequest(control: readonly Output[], experiment: readonly Output[], name: string): Ordered {
  const [before, after] = [control, experiment].map((outputs) => byRequest(outputs, name)) as [Answers, Answers];
  if (![...before.keys()].some((request) => after.has(request))) return { control, experiment };
  const requests = [...new Set([...before.keys(), ...after.keys()])];
  return {
    control: requests.map((request) => before.get(request)),
    experiment: requests.map((request) => after.get(request)),
  };
}

type Answers = ReadonlyMap<string, Output>;

function byRequest(outputs: readonly Output[], name: string): Answers {
  const answers = new Map<string, Output>();
  for (const output of outputs) {
    if (output.request === undefined) continue;
    const other = answers.get(output.request);
    if (other !== undefined) {
      const lines = `lines ${other.line} and ${output.line}`;
      throw new CommandError(EXIT.usage, `${name}, ${lines}: both answer request '${output.request}' for one arm`);
    }
    answers.set(output.request, output);
  }
  const without = outputs.find(({ request }) => request === undefined);
  if (without === undefined || answers.size === 0) return answers;
  throw new CommandError(
    EXIT.usage,
    `${name}, line ${without.line}: has no request, as others have; give all one, or none`,
  );
}

function pairsOf(field: string, { control, experiment }: Ordered, name: string): MetricSetPair[] {
  const given = (outputs: readonly (Output | undefined)[]) =>
    outputs.map((output) => output?.fields.get(field) ?? null);
  const sides = { control: given(control), experiment: given(experiment) };
  const present = [...sides.control, ...sides.experiment].filter((value) => value !== null);
  const words = [...new Set(present.filter((value) => typeof value === 'string'))].sort();
  if (words.length === 0) {
    const numbers = (values: readonly unknown[]) =>
      values.map((value) => (value === null ? Number.NaN : Number(value)));
    const values = { control: numbers(sides.control), experiment: numbers(sides.experiment) };
    return [{ name: field, id: field, tags: {}, values }];
  }
  if (present.some((value) => typeof value !== 'string')) {
    throw new CommandError(EXIT.usage, `${name}: ${field} is a word in some records and a number in others`);
  }
  return words.map((word) => {
    const count = (values: readonly unknown[]) => [values.filter((value) => value === word).length];
    const values = { control: count(sides.control), experiment: count(sides.experiment) };
    return { name: field, id: `${field} ${word}`, tags: { [field]: word }, values };
  });
}
