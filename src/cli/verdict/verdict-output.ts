import { closeSync, openSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { toWireJson } from '../../domain/values/wire-json.ts';
import { messageOf } from '../../errors.ts';
import type { HttpClient } from '../client/http-client.ts';
import { exitCodeOf, reasonOf } from '../client/read-answer.ts';
import type { Terminal, TextOutput } from '../command.ts';
import { CommandError, EXIT } from '../command-error.ts';
import { choice, words } from '../options.ts';
import { painted } from '../terminal/colours.ts';
import { printable } from '../terminal/text-table.ts';
import type { Judged, Verdict } from './verdict.ts';

/** How a command prints a verdict, and where it leaves its report. */
export const OutputOptions = z.object({
  output: choice(['text', 'json', 'md', 'junit']).default('text').describe('what is printed'),
  junit: words('a file')
    .optional()
    .meta({ value: 'file', description: 'write a JUnit file too: a test for each metric' }),
  report: words('a file')
    .optional()
    .meta({ value: 'file', description: 'write the report too: one self-contained page' }),
});
export type OutputOptions = z.output<typeof OutputOptions>;

interface Outcome {
  readonly judged: Judged;
  readonly verdict: Verdict;
  readonly client: HttpClient;
  /** a report's address leads somewhere */
  readonly hasAddress: boolean;
}

/** Prints the verdict, and writes the files that were asked for. */
export async function printVerdict(outcome: Outcome, options: OutputOptions, { stdout }: Terminal): Promise<void> {
  const { judged, verdict } = outcome;
  if (options.junit !== undefined) writeText(options.junit, await reportText(outcome, 'junit.xml'));
  if (options.report !== undefined) writeText(options.report, await reportText(outcome, 'html'));
  switch (options.output) {
    case 'json':
      stdout.write(`${toWireJson({ id: judged.id, ...verdict, ...linksOf(outcome, options) }, 2)}\n`);
      break;
    case 'md':
      stdout.write(await reportText(outcome, 'md'));
      break;
    case 'junit':
      stdout.write(await reportText(outcome, 'junit.xml'));
      break;
    default:
      stdout.write(verdictLines(outcome, options, stdout));
  }
}

const COLOURS: Readonly<Partial<Record<Verdict['verdict'], 'green' | 'yellow' | 'red'>>> = {
  pass: 'green',
  marginal: 'yellow',
  nodata: 'yellow',
};

/** One sentence, and where the report is. */
function verdictLines({ verdict, hasAddress }: Outcome, { report }: OutputOptions, stdout: TextOutput): string {
  const places = [...(hasAddress ? [verdict.links.report] : []), ...(report === undefined ? [] : [report])];
  return verdictSentence(verdict, stdout) + places.map((place) => `report: ${printable(place)}\n`).join('');
}

/** `pass 100 (pass 95, marginal 75): …`, on a line. */
export function verdictSentence(verdict: Verdict, stdout: TextOutput): string {
  const { verdict: word, score, thresholds, reason } = verdict;
  const limits = `pass ${thresholds.pass ?? 'not set'}, marginal ${thresholds.marginal ?? 'not set'}`;
  const of = score === null ? '' : ` ${Number(score.toFixed(2))} (${limits})`;
  return `${painted(['bold', COLOURS[word] ?? 'red'], word, stdout)}${of}: ${printable(reason)}\n`;
}

/** Without a service there is no page to link to. */
function linksOf({ hasAddress }: Outcome, { report }: OutputOptions) {
  if (hasAddress) return {};
  return { links: report === undefined ? {} : { report } };
}

/** A form of the report. @throws CommandError when the service has none */
export async function reportText(
  { judged, client }: Pick<Outcome, 'judged' | 'client'>,
  ending: string,
): Promise<string> {
  const answer = await client.text(`/reports/${encodeURIComponent(judged.id)}.${ending}`);
  if (answer.ok) return answer.text;
  throw new CommandError(exitCodeOf(answer), `no report of '${judged.id}': ${reasonOf(answer)}`);
}

/** @throws CommandError usage when the file cannot be written */
export function writeText(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CommandError(EXIT.usage, `${file} cannot be written: ${messageOf(error)}`, error);
  }
}

/** Files that cannot be written are told before a run is waited for. @throws CommandError usage */
export function checkWritable({ junit, report }: Pick<OutputOptions, 'junit' | 'report'>): void {
  for (const file of [junit, report]) {
    if (file === undefined) continue;
    try {
      closeSync(openSync(file, 'a'));
    } catch (error) {
      throw new CommandError(EXIT.usage, `${file} cannot be written: ${messageOf(error)}`, error);
    }
  }
}
