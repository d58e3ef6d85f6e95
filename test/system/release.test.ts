import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { temporaryDirectory } from '../support/temporary-directory.ts';

const run = promisify(execFile);
const TOOLS = 'node_modules/.cache/release';
const WORKFLOWS = '.github/workflows';

interface Workflow {
  readonly jobs: Record<string, { readonly uses?: string; readonly steps?: readonly { readonly run?: string }[] }>;
}
const workflows = Object.fromEntries(
  readdirSync(WORKFLOWS).map((name) => [name, parse(readFileSync(join(WORKFLOWS, name), 'utf8')) as Workflow]),
);

const hasActionlint = existsSync(`${TOOLS}/actionlint`) || process.env.CI !== undefined;
if (!hasActionlint)
  console.warn('skipped: no actionlint; test/tools/install-release-tools.sh gets it where there is Go');

describe('the workflows', () => {
  it.runIf(hasActionlint)('are valid', async () => {
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

describe('the tools for this test', () => {
  it.each([
    [{}, 0, 'skipped: actionlint, since there is no go on PATH'],
    [{ CI: 'true' }, 1, 'no go on PATH, so no actionlint: install Go'],
  ])('without Go and with %j are gotten without actionlint, or not at all', async (more, code, words) => {
    const folder = temporaryDirectory();
    const [tools, bin] = [join(folder, 'test/tools'), join(folder, 'bin')];
    for (const one of [tools, bin, join(folder, 'node_modules/.cache/release/python/bin')]) {
      mkdirSync(one, { recursive: true });
    }
    writeFileSync(join(folder, 'node_modules/.cache/release/python/bin/hadolint'), '', { mode: 0o755 });
    cpSync('test/tools/install-release-tools.sh', join(tools, 'install-release-tools.sh'));
    for (const name of ['dirname', 'mkdir', 'bash']) symlinkSync(`/usr/bin/${name}`, join(bin, name));
    const done = await run('/bin/bash', [join(tools, 'install-release-tools.sh')], {
      env: { PATH: bin, ...more },
    }).then(
      ({ stdout }) => ({ code: 0, told: stdout }),
      (error: { code: number; stderr: string }) => ({ code: error.code, told: error.stderr }),
    );
    expect(done).toEqual({ code, told: expect.stringContaining(words) });
  });
});

describe('the Dockerfile', () => {
  it('is as hadolint would have it', async () => {
    await expect(run(`${TOOLS}/python/bin/hadolint`, ['Dockerfile'])).resolves.toEqual({ stdout: '', stderr: '' });
  });
});
