import { runCommandLine } from '../../src/cli/command-line.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `haldane <args>` in this process. @param isTTY whether somebody watches */
export async function runHaldane(args: readonly string[], isTTY = false): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCommandLine(args, {
    stdout: { write: (text) => out.push(text) },
    stderr: { isTTY, write: (text) => err.push(text) },
  });
  return { code, out: out.join(''), err: err.join('') };
}
