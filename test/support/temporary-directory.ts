import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made = new Set<string>();

// Of a program. A process of the test runner is killed and never gets here: the runner's setup removes for it.
process.once('exit', removeTemporaryDirectories);

/** A folder that goes when the test file, or the program, ends. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'haldane-test-'));
  made.add(directory);
  return directory;
}

export function removeTemporaryDirectories(): void {
  for (const directory of made) rmSync(directory, { recursive: true, force: true });
  made.clear();
}
