import { z } from 'zod';
import { CanaryConfig } from '../../domain/canary-config.ts';
import { HALDANE_JUDGE } from '../../domain/canary-judge.ts';
import type { MetricSetPair } from '../../domain/metric-set-pair.ts';
import type { CanaryExecutionStatusResponse } from '../../domain/run.ts';
import { fieldPath } from '../../domain/values/field-path.ts';
import { toWireJson } from '../../domain/values/wire-json.ts';
import { renderJunit } from '../../reports/junit.ts';
import { renderMarkdown } from '../../reports/markdown.ts';
import { reportRun } from '../../reports/run-report.ts';
import { verdictOfRun } from '../../reports/run-verdict.ts';
import { defineCommand } from '../command.ts';
import { CommandError, EXIT } from '../command-error.ts';
import { asRun, configFor, judgePairs } from '../judge/judge-pairs.ts';
import { outputsOfConfig } from '../judge/read-outputs.ts';
import { readPairs } from '../judge/read-pairs.ts';
import { choice, words } from '../options.ts';
import { thresholdsOf } from '../start/execution-request.ts';
import { nameOf, readObject, readText, STDIN } from '../start/read-input.ts';
import { RequestOptions } from '../start/scope-options.ts';
import { verdictText } from '../terminal/verdict-text.ts';
import { verdictSentence } from '../verdict/verdict-output.ts';
import { exitCodeOf, PolicyOptions, VERDICT_EXIT_CODES } from '../verdict/verdict-policy.ts';

const Options = z.object({
  config: words('a file').optional().meta({ value: 'file', description: 'judge with this config, in YAML or JSON' }),
  judge: words('the name of a judge')
    .optional()
    .meta({ value: 'name', description: `the judge (default: the config's, else ${HALDANE_JUDGE})` }),
  direction: choice(['increase', 'decrease', 'either'])
    .optional()
    .describe('without a config: which change is bad (default: either)'),
  pass: RequestOptions.shape.pass,
  marginal: RequestOptions.shape.marginal,
  output: choice(['text', 'json', 'md', 'junit']).default('text').describe('what is printed'),
  ...PolicyOptions.omit({ failIfUnavailable: true }).shape,
});
type Options = z.output<typeof Options>;

/** `haldane judge`: series in, verdict out. Asks nobody. */
export const judge = defineCommand({
  options: Options,
  examples: [
    'haldane judge pairs.json',
    'haldane judge latency.csv --direction increase',
    'haldane judge pairs.json --config checkout.yml --pass 90 --marginal 70 --output json',
    'haldane judge outputs.jsonl --config model.yml',
    "printf '1 2\\n1 2\\n2 1\\n' | haldane judge -",
  ],
  exitCodes: { ...VERDICT_EXIT_CODES, [EXIT.noVerdict]: 'no verdict: the judge reached none' },
  async run({ args: [file = STDIN], options }, { stdout }) {
    const input = readPairs(await readText(file), nameOf(file));
    const config = await configOf(input.config, input.pairs, options);
    const fromFile = { thresholds: input.thresholds };
    const thresholds = thresholdsOf(options, config, fromFile) as { pass: number; marginal: number };
    const pairs = input.isOutputs && options.config ? outputsOfConfig(input.pairs, config, nameOf(file)) : input.pairs;
    const judged = { pairs, config, thresholds };
    const run = asRun(judged, await judgePairs(judged));
    stdout.write(await textOf(run, pairs, options.output));
    const verdict = await verdictOfRun(run, { nowMillis: 0, address: '' });
    // What the exit code says: the judge's own word knows no lack of data.
    if (options.output === 'text') stdout.write(`\n${verdictSentence(verdict, stdout)}`);
    return exitCodeOf(verdict, { ...options, failIfUnavailable: false });
  },
});

async function configOf(
  inside: CanaryConfig | undefined,
  pairs: readonly MetricSetPair[],
  { config: file, judge: name, direction }: Options,
): Promise<CanaryConfig> {
  const config = file === undefined ? inside : await configIn(file);
  if (config === undefined) return configFor(pairs, name ?? HALDANE_JUDGE, direction ?? 'either');
  if (direction !== undefined) {
    throw new CommandError(EXIT.usage, `--direction ${direction} goes without a config, which says it for each metric`);
  }
  const judgeName = name ?? config.judge?.name ?? HALDANE_JUDGE;
  return { ...config, judge: { ...config.judge, name: judgeName } };
}

/** @throws CommandError usage, with the field */
async function configIn(file: string): Promise<CanaryConfig> {
  const value = await readObject(file);
  const read = CanaryConfig.safeParse(value.canaryConfig ?? value);
  const [issue] = read.error?.issues ?? [];
  if (!read.success)
    throw new CommandError(EXIT.usage, `${nameOf(file)}: ${fieldPath(issue?.path ?? [])}: ${issue?.message}`);
  if (read.data.use === undefined) return read.data;
  throw new CommandError(EXIT.usage, `${nameOf(file)}: use: only a service expands template packs; list the metrics`);
}

async function textOf(
  run: CanaryExecutionStatusResponse,
  pairs: readonly MetricSetPair[],
  output: Options['output'],
): Promise<string> {
  if (output === 'json') return `${toWireJson(run.result?.judgeResult, 2)}\n`;
  if (output === 'text') return `${await verdictText(run, pairs)}\n`;
  const report = await reportRun({ run, pairs });
  return output === 'md' ? renderMarkdown(report) : `${renderJunit(report)}`;
}
