import type { z } from 'zod';
import type { ExitCode } from './command-error.ts';

/** Where a command writes: its result to `stdout`, progress and problems to `stderr`. */
export interface Terminal {
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
}

export interface TextOutput {
  readonly isTTY?: boolean;
  /** width in characters; absent when it is not a terminal */
  readonly columns?: number;
  write(text: string): unknown;
}

/** An entry in the list of commands: enough for `haldane --help`, which loads no command. */
export interface CommandEntry {
  /** its words, then its arguments in commander's notation: `<required>`, `[optional]`, `[any...]` */
  readonly usage: string;
  readonly summary: string;
  load(): Promise<Command>;
}

/** What a command does. Name, arguments and summary are in its {@link CommandEntry}. */
export interface Command<Options extends z.ZodObject = z.ZodObject> {
  /**
   * The only declaration of its options. The key `dryRun` is the option `--dry-run`; a boolean is a switch, everything
   * else takes a value. Help shows the description, the default, and `meta({ value })` as the value's name.
   */
  readonly options: Options;
  /** whole lines that help shows */
  readonly examples: readonly string[];
  /** the meaning of its exit codes; 64, wrong usage, is added to all */
  readonly exitCodes: Readonly<Partial<Record<ExitCode, string>>>;
  /** @throws CommandError */
  run(call: CommandCall<z.output<Options>>, terminal: Terminal): Promise<ExitCode>;
}

export interface CommandCall<Values> {
  /** as given; as many as the usage requires */
  readonly args: readonly string[];
  readonly options: Values;
}

/** Types the options passed to `run`. */
export function defineCommand<Options extends z.ZodObject>(command: Command<Options>): Command {
  return command;
}
