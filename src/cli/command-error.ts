/** What a command ends with. */
export const EXIT = { ok: 0, findings: 1, usage: 2, unreachable: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What exit code 3 means to every command that asks a service. */
export const UNREACHABLE = 'the other side cannot be reached';

/** Ends a command before its time: the code it exits with, and a sentence for people. */
export class CommandError extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}
