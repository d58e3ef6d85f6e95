import { type RunningServer, startPrometheus } from './prometheus-server.ts';

/**
 * A real Prometheus, or undefined where there is none: the tests that need it are left out then, and say so.
 * @throws Error on a build server (`CI`), which must have one
 */
export async function requiredPrometheus(): Promise<RunningServer | undefined> {
  const server = await startPrometheus();
  if (server !== undefined) return server;
  const message = 'no prometheus on PATH; test/support/install-debian.sh gets one';
  if (process.env.CI) throw new Error(message);
  console.warn(`skipped: ${message}`);
  return undefined;
}
