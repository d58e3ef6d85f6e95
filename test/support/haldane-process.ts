import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const HALDANE = fileURLToPath(new URL('../../src/cli/haldane.ts', import.meta.url));
/** Of the machine that runs the tests, which may be a CI. */
const OF_A_CI = /^(CI|GITHUB_|GITLAB_|BUILD_|HALDANE_|PROMETHEUS_|NO_COLOR|FORCE_COLOR)/;

export interface HaldaneProcess {
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  /** resolves when standard error has matched */
  said(pattern: RegExp): Promise<void>;
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>;
}

interface ProcessOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
}

/** `haldane <args>` as a process of its own, outside of any CI. */
export function startHaldane(args: readonly string[], options: ProcessOptions = {}): HaldaneProcess {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OF_A_CI.test(name)));
  const child = spawn(process.execPath, [HALDANE, ...args], {
    cwd: options.cwd ?? process.cwd(),
    env: { ...inherited, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => {}).end(options.input ?? '');
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    err += chunk;
  });
  const out = text(child.stdout);
  const exited = once(child, 'close');
  return {
    pid: child.pid ?? 0,
    kill: (signal) => child.kill(signal),
    async said(pattern) {
      while (!pattern.test(err)) {
        const more = once(child.stderr, 'data');
        const ended = exited.then(() => Promise.reject(new Error(`it ended before it said ${pattern}:\n${err}`)));
        ended.catch(() => {});
        await Promise.race([more, ended]);
      }
    },
    ended: exited.then(async () => ({ code: child.exitCode, out: await out, err })),
  };
}

/** Runs it to its end. */
export function haldane(args: readonly string[], options: ProcessOptions = {}) {
  return startHaldane(args, options).ended;
}
