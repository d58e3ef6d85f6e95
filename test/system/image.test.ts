import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** What the Dockerfile copies, in a folder of its own, since no test machine has a Docker engine. */
function imageFolder(): string {
  const folder = join(temporaryDirectory(), 'app');
  mkdirSync(folder);
  for (const [, sources = ''] of readFileSync('Dockerfile', 'utf8').matchAll(/^COPY (.+) \S+$/gm)) {
    for (const source of sources.split(' ')) cpSync(source, join(folder, source), { recursive: true });
  }
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  return folder;
}

describe('the image', () => {
  it('holds all that the demo needs', async () => {
    const data = temporaryDirectory();
    const { stdout } = await promisify(execFile)(process.execPath, [packageJson.bin.haldane, 'demo'], {
      cwd: imageFolder(),
      env: { ...process.env, HALDANE_DATA_DIR: data },
    });
    expect(stdout).toMatch(/verdict {6}Pass.*verdict {6}Fail/s);
  });

  it('needs no package that is for development', () => {
    const folder = imageFolder();
    const files = ['src', 'judges', 'providers', 'openapi'].flatMap((root) =>
      readdirSync(join(folder, root), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => join(folder, root, name)),
    );
    const imported = files.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?!type )[^;]*?from '([^'.][^']*)';/gms)]
        .map(([, name = '']) =>
          name
            .split('/')
            .slice(0, name.startsWith('@') ? 2 : 1)
            .join('/'),
        )
        .filter((name) => !name.startsWith('node:')),
    );
    expect(new Set(imported).size).toBeGreaterThan(10);
    expect([...new Set(imported)].filter((name) => !(name in packageJson.dependencies))).toEqual([]);
  });
});
