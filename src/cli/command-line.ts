import { CanaryError, type ErrorCode } from '../errors.ts';
import type { Terminal } from './command.ts';
import { CommandError, EXIT, type ExitCode } from './command-error.ts';
import { runProgram } from './program.ts';
import { printable } from './terminal/text-table.ts';

/** Runs `haldane <args>`. @returns the exit code; never 1 for an error, which is no verdict */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    return await runProgram(args, terminal);
  } catch (error) {
    const [exitCode, text] = told(error);
    terminal.stderr.write(`haldane: ${text}\n`);
    return exitCode;
  }
}

/** What a user can do something about is a sentence; only a mistake of ours comes with its stack. */
function told(error: unknown): [ExitCode, string] {
  if (error instanceof CommandError) return [error.exitCode, printable(error.message)];
  if (error instanceof CanaryError && error.code !== 'INTERNAL') {
    return [USERS.has(error.code) ? EXIT.usage : EXIT.noVerdict, printable(error.message)];
  }
  const stack = error instanceof Error ? error.stack : String(error);
  return [EXIT.noVerdict, `this is a mistake in Haldane, please report it:\n${stack}`];
}

/** What was given is wrong. */
const USERS: ReadonlySet<ErrorCode> = new Set(['CONFIGURATION_INVALID', 'REQUEST_INVALID', 'CANARY_CONFIG_INVALID']);
