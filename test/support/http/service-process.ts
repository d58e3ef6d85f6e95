import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));

export interface ServiceProcess {
  readonly baseUrl: string;
  readonly pid: number;
  /** its exit code, once it has ended */
  readonly exited: Promise<number | null>;
  /** Sends the signal and waits for the end. @returns the exit code */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

interface ProcessOptions {
  /** another Node */
  readonly node?: string;
  /** another version's, or the command line */
  readonly main?: string;
  readonly args?: readonly string[];
  /** its working directory */
  readonly cwd?: string;
  /** for Node, such as --cpu-prof */
  readonly nodeOptions?: readonly string[];
}

/**
 * Starts the service as a separate process and waits until it listens. Its log goes to `onLog`, line by line.
 *
 * @throws Error with its output when it exits before it listens
 */
export async function startService(
  environment: Record<string, string>,
  onLog: (line: string) => void = () => {},
  { node = process.execPath, main = MAIN, args = [], nodeOptions = [], cwd = process.cwd() }: ProcessOptions = {},
): Promise<ServiceProcess> {
  const child = spawn(node, [...nodeOptions, main, ...args], {
    cwd,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  const written: string[] = [];
  const baseUrl = await new Promise<string>((resolve, reject) => {
    const read = (line: string) => {
      written.push(line);
      onLog(line);
      const address = /"address":"([^"]+)"/.exec(line)?.[1];
      if (address !== undefined) resolve(address);
    };
    createInterface(child.stdout).on('line', read);
    createInterface(child.stderr).on('line', read);
    ended.then(() => reject(new Error(`the service did not start: ${written.join('\n')}`)));
  });
  return {
    baseUrl,
    pid: child.pid ?? 0,
    exited: ended.then(() => child.exitCode),
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      await ended;
      return child.exitCode;
    },
  };
}
