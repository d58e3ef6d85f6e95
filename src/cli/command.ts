import type { ExitCode } from './command-error.ts';

/** Where a command writes: its result to `stdout`, progress and problems to `stderr`. */
export interface Terminal {
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
}

export interface TextOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface CommandOption {
  readonly type: 'string' | 'boolean';
  /** how help names the value */
  readonly value?: string;
  readonly help: string;
}

/** A subcommand: what help says of it, and its work. */
export interface Command {
  readonly name: string;
  /** its one positional argument, as help names it; absent: it takes none */
  readonly argument?: string;
  readonly summary: string;
  readonly options: Readonly<Record<string, CommandOption>>;
  /** what its exit codes 0 and 1 mean */
  readonly exitCodes: readonly [ok: string, findings: string];
  /** @throws CommandError */
  run(call: CommandCall, terminal: Terminal): Promise<ExitCode>;
}

export interface CommandCall {
  readonly argument: string;
  /** as given, not checked yet */
  readonly values: Readonly<Record<string, unknown>>;
}
