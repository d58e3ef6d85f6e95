import { appendFileSync } from 'node:fs';
import { messageOf } from '../../errors.ts';
import type { Terminal } from '../command.ts';
import type { Verdict } from './verdict.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A job summary may have 1 MiB; more of it is refused whole. */
const MOST_BYTES = 1_000_000;
/** Annotations of one step that are shown. */
const MOST_ANNOTATIONS = 10;

const LEVELS: Readonly<Partial<Record<Verdict['verdict'], string>>> = { pass: 'notice', marginal: 'warning' };

/** Whether this is a step of a GitHub workflow. */
export function isGithub(environment: Environment): boolean {
  return environment.GITHUB_ACTIONS === 'true';
}

/**
 * The verdict as annotations of the workflow run, on standard error: the runner reads commands there too.
 * Source: GitHub, "Workflow commands for GitHub Actions".
 */
export function annotate(verdict: Verdict, { stderr }: Terminal): void {
  const level = LEVELS[verdict.verdict] ?? 'error';
  const title = `Haldane: ${verdict.verdict}`;
  stderr.write(`::${level} title=${propertyText(title)}::${messageText(verdict.reason)}\n`);
  for (const name of verdict.failed.slice(0, MOST_ANNOTATIONS - 1)) {
    stderr.write(`::${level} title=${propertyText(`${title}: ${name}`)}::${messageText(name)} failed\n`);
  }
}

/** Appends to the job's summary, if there is one. A summary that cannot be written is told, and changes no verdict. */
export function addJobSummary(markdown: string, environment: Environment, { stderr }: Terminal): void {
  const file = environment.GITHUB_STEP_SUMMARY;
  if (file === undefined || file === '') return;
  const text = Buffer.byteLength(markdown) <= MOST_BYTES ? markdown : 'The report is too long for a job summary.';
  try {
    appendFileSync(file, `${text}\n`);
  } catch (error) {
    stderr.write(`haldane: the job summary ${file} cannot be written: ${messageOf(error)}\n`);
  }
}

function messageText(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function propertyText(text: string): string {
  return messageText(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
