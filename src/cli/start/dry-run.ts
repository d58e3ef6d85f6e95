import { z } from 'zod';
import { ConfigProblem, problemText } from '../../domain/config-problem.ts';
import { QueryPreview } from '../../domain/query-preview.ts';
import type { HttpClient } from '../client/http-client.ts';
import { readBody } from '../client/read-answer.ts';
import type { Terminal } from '../command.ts';
import { EXIT, type ExitCode } from '../command-error.ts';
import { printable } from '../terminal/text-table.ts';
import { replacedId, withId } from './find-config.ts';

type JsonObject = Readonly<Record<string, unknown>>;

export interface DryRun {
  readonly whole: JsonObject;
  readonly account: string | undefined;
  readonly client: HttpClient;
}

/** Prints what is wrong and what would be asked; starts nothing. @returns 64 when it would be refused */
export async function dryRun(run: DryRun, { stdout }: Terminal): Promise<ExitCode> {
  const problems = await problemsOf({ ...run, whole: await asReplacement(run) });
  for (const problem of problems)
    stdout.write(`${problem.prevents === 'nothing' ? 'note' : 'problem'}: ${printable(problemText(problem))}\n`);
  if (problems.some(({ prevents }) => prevents !== 'nothing')) return EXIT.usage;
  stdout.write(previewText(await previewsOf(run)));
  return EXIT.ok;
}

/** A stored config of the same name is no problem for a run. */
async function asReplacement({ whole, client }: DryRun): Promise<JsonObject> {
  const canaryConfig = whole.canaryConfig as JsonObject;
  return { ...whole, canaryConfig: withId(canaryConfig, await replacedId(canaryConfig, client)) };
}

const Checked = z.looseObject({ problems: z.array(ConfigProblem) });

/** Everything that storing or running it would hit. @throws CommandError */
export async function problemsOf({ whole, account, client }: DryRun): Promise<ConfigProblem[]> {
  const query = { metricsAccountName: account };
  return ask(client, '/canaryConfig/validate', { query, body: whole }, Checked).then(({ problems }) => problems);
}

/** The queries that would be sent. @throws CommandError */
export async function previewsOf({ whole, account, client }: DryRun): Promise<QueryPreview[]> {
  const query = { metricsAccountName: account };
  return ask(client, '/canaryConfig/queries', { query, body: whole }, z.array(QueryPreview));
}

interface Question {
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly body: JsonObject;
}

async function ask<T>(client: HttpClient, path: string, question: Question, Answer: z.ZodType<T>): Promise<T> {
  const answer = await client.send('POST', path, question);
  return readBody(answer, `POST ${path}`, Answer);
}

/** Each query under its metric. */
export function previewText(previews: readonly QueryPreview[]): string {
  const lines = previews.flatMap(({ metric, metricsAccountName, companions = [], warning, problem, ...sides }) => [
    `${metric}${metricsAccountName === undefined ? '' : ` (${metricsAccountName})`}`,
    ...sidesOf(sides),
    ...companions.flatMap(({ companion, ...those }) => [`  ${companion}:`, ...sidesOf(those)]),
    ...(warning === undefined ? [] : [`  note      ${warning}`]),
    ...(problem === undefined ? [] : [`  problem   ${problem}`]),
  ]);
  return lines.map((line) => `${printable(line)}\n`).join('');
}

function sidesOf({ control, experiment }: Pick<QueryPreview, 'control' | 'experiment'>): string[] {
  return [
    ...(control === undefined ? [] : [`  baseline  ${control}`]),
    ...(experiment === undefined ? [] : [`  canary    ${experiment}`]),
  ];
}
