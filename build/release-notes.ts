import { readFileSync } from 'node:fs';
import packageJson from '../package.json' with { type: 'json' };
import { notesOfVersion } from './notes-of-version.ts';

// `node build/release-notes.ts v1.2.3`: what the changelog says of the version, for the page of the release.
try {
  const changelog = readFileSync(new URL('../CHANGELOG.md', import.meta.url), 'utf8');
  process.stdout.write(notesOfVersion({ tag: process.argv[2] ?? '', version: packageJson.version, changelog }));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
