/**
 * Exit codes of commands. A pipeline acts on them: nothing but a verdict that passed, or work that was done, is 0, and
 * 1 is never used for a verdict that could not be had.
 */
export const EXIT = { ok: 0, findings: 1, inconclusive: 2, noVerdict: 3, unreachable: 3, usage: 64 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Exit code 3 of every command that calls a service. */
export const UNREACHABLE = 'the other side cannot be reached';

/** Ends a command early: its exit code, and a sentence for people. */
export class CommandError extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}
