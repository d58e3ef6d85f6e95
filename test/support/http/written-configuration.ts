import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../temporary-directory.ts';

/** Writes a configuration file into a folder of its own, where the embedded store is as well. @returns its name */
export function writeConfiguration(settings: object): string {
  const dataDir = temporaryDirectory();
  const file = join(dataDir, 'haldane.yml');
  writeFileSync(file, JSON.stringify({ dataDir, ...settings }));
  return file;
}
