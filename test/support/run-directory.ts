import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

let directory: string;

/**
 * Gives each test run its own temporary folder, for all its processes and their children, so that concurrent runs do
 * not collide.
 */
export function setup(): void {
  directory = mkdtempSync(join(tmpdir(), 'haldane-run-'));
  process.once('exit', remove);
  // A server that runs as another user, such as PostgreSQL when the tests run as root, passes through to its own.
  chmodSync(directory, 0o711);
  process.env.TMPDIR = directory;
  // Keep Node's cache of compiled modules for the next run.
  process.env.NODE_COMPILE_CACHE ??= resolve('node_modules/.cache/node-compile-cache');
}

/** @throws Error, which fails the run, when something is left in the folder */
export function teardown(): void {
  const left = readdirSync(directory).sort();
  remove();
  if (left.length > 0) throw new Error(`tests left ${left.length} behind in the temporary folder: ${left.join(', ')}`);
}

function remove(): void {
  rmSync(directory, { recursive: true, force: true });
}
