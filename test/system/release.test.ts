import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };

const run = promisify(execFile);
const TOOLS = 'node_modules/.cache/release';
const WORKFLOWS = '.github/workflows';

interface Workflow {
  readonly jobs: Record<string, { readonly uses?: string; readonly steps?: readonly { readonly run?: string }[] }>;
}
const workflows = Object.fromEntries(
  readdirSync(WORKFLOWS).map((name) => [name, parse(readFileSync(join(WORKFLOWS, name), 'utf8')) as Workflow]),
);

describe('the workflows', () => {
  it('are valid', async () => {
    const { stdout } = await run(`${TOOLS}/actionlint`, ['-no-color']);
    expect(stdout).toBe('');
  });

  it.each(Object.entries(workflows))('%s calls only scripts that there are', (_, { jobs }) => {
    const commands = Object.values(jobs).flatMap(({ steps = [] }) => steps.flatMap((step) => step.run ?? []));
    const scripts = commands.flatMap((text) => [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name));
    expect(scripts.filter((name) => !(name in packageJson.scripts))).toEqual([]);
    const files = commands.flatMap((text) =>
      [...text.matchAll(/(?:bash|node) ([\w./-]+)/g)].map(([, path = '']) => path),
    );
    const called = Object.values(jobs).flatMap(({ uses = './.github' }) => uses);
    expect([...files, ...called].filter((path) => !existsSync(path))).toEqual([]);
    expect(commands.length).toBeGreaterThan(0);
  });

  it('release what the changelog tells of, for a tag that fits', async () => {
    const notes = run(process.execPath, ['build/release-notes.ts', 'v99.0.0']);
    await expect(notes).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining("the tag is 'v99.0.0'") });
  });
});

describe('the Dockerfile', () => {
  it('is as hadolint would have it', async () => {
    await expect(run(`${TOOLS}/python/bin/hadolint`, ['Dockerfile'])).resolves.toEqual({ stdout: '', stderr: '' });
  });
});
