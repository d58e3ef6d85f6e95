import { z } from 'zod';
import { shortDurationMillis } from '../../domain/values/short-duration.ts';
import type { HttpClient } from '../client/http-client.ts';
import type { Terminal } from '../command.ts';
import { CommandError, type ExitCode } from '../command-error.ts';
import { Duration } from '../options.ts';
import { followVerdict } from './follow-verdict.ts';
import { listenForInterruption } from './interruption.ts';
import { openProgressView } from './progress-view.ts';
import type { Judged, Verdict } from './verdict.ts';
import { OutputOptions, printVerdict } from './verdict-output.ts';
import { exitCodeOf, PolicyOptions } from './verdict-policy.ts';

/** Options of every command that ends with a verdict. */
export const VerdictOptions = z.object({
  timeout: Duration.optional().meta({
    value: 'length',
    description: 'wait no longer than this: 90s, 45m (default: until it has ended)',
  }),
  ...OutputOptions.shape,
  ...PolicyOptions.shape,
});
export type VerdictOptions = z.output<typeof VerdictOptions>;

interface Concluded {
  readonly client: HttpClient;
  readonly judged: Judged;
  readonly options: VerdictOptions;
  /** what becomes of it when this command is interrupted: a sentence */
  readonly afterwards: string;
  /** a report's address leads somewhere */
  readonly hasAddress: boolean;
  /** what was started, told once a signal no longer ends this process without a word */
  readonly started?: readonly string[];
}

/** Waits for the end with progress. @throws CommandError without a verdict */
export async function waitForVerdict(
  { client, judged, options, afterwards, started = [] }: Concluded,
  terminal: Terminal,
): Promise<Verdict> {
  const interruption = listenForInterruption();
  const { signal } = interruption;
  try {
    for (const line of started) terminal.stderr.write(`${line}\n`);
    const view = await openProgressView(judged, client, terminal);
    const timeoutMillis = options.timeout === undefined ? undefined : shortDurationMillis(options.timeout);
    return await followVerdict({ client, judged, timeoutMillis, view, signal });
  } catch (error) {
    if (!signal.aborted || !(signal.reason instanceof CommandError)) throw error;
    throw new CommandError(signal.reason.exitCode, `${signal.reason.message}; ${afterwards}`);
  } finally {
    interruption.clear();
  }
}

/** Waits for the end, prints the verdict. @returns what it means as an exit code */
export async function conclude(concluded: Concluded, terminal: Terminal): Promise<ExitCode> {
  const verdict = await waitForVerdict(concluded, terminal);
  await printVerdict({ ...concluded, verdict }, concluded.options, terminal);
  return exitCodeOf(verdict, concluded.options);
}
