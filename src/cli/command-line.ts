import type { Terminal } from './command.ts';
import { CommandError, type ExitCode } from './command-error.ts';
import { runProgram } from './program.ts';
import { printable } from './terminal/text-table.ts';

/** Runs `haldane <args>`. @returns the exit code */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    return await runProgram(args, terminal);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    terminal.stderr.write(`haldane: ${printable(error.message)}\n`);
    return error.exitCode;
  }
}
