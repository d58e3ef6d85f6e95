import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { readDockerfile, textsOf } from '../support/dockerfile.ts';
import { startService } from '../support/http/service-process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const run = promisify(execFile);

/** The stages of the Dockerfile, done by hand below a folder, since no test machine has a Docker engine. */
const [build = [], published = [], image = []] = readDockerfile('Dockerfile');
const root = temporaryDirectory();
const source = join(root, 'haldane');

/** A command's paths, below the folder. */
const below = (text: string) => text.replaceAll(/(?<=^|[\s="':])\/(?=(opt|usr|data|tmp)\b)/g, `${root}/`);
const environment = Object.fromEntries(
  textsOf(image, 'ENV').flatMap((text) => text.split(' ').map((pair) => below(pair).split('=') as [string, string])),
);
const env = { ...process.env, ...environment, PATH: `${root}/usr/local/bin:${process.env.PATH}` };

/** What Docker would send to the engine, and COPY . . would copy. */
async function copyContext(): Promise<void> {
  const ignored = new Set(readFileSync('.dockerignore', 'utf8').trim().split('\n'));
  const { stdout } = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard']);
  for (const file of stdout.trim().split('\n')) {
    if (ignored.has(file.split('/')[0] ?? '') || !existsSync(file)) continue;
    mkdirSync(join(source, dirname(file)), { recursive: true });
    cpSync(file, join(source, file));
  }
}

beforeAll(async () => {
  await copyContext();
  symlinkSync(resolve('node_modules'), join(source, 'node_modules'));
  expect(textsOf(build, 'RUN')).toEqual(['npm ci', 'npm run build']);
  await run('npm', ['run', 'build'], { cwd: source });
  expect(textsOf(published, 'COPY')).toEqual(['--from=build /haldane/dist /']);
  expect(textsOf(image, 'COPY')).toEqual(['--from=package / /opt/haldane']);
  for (const folder of ['opt', 'usr/local/bin', 'tmp']) mkdirSync(join(root, folder), { recursive: true });
  cpSync(join(source, 'dist'), join(root, 'opt/haldane'), { recursive: true });
  for (const command of textsOf(image, 'RUN')) await run('sh', ['-c', below(command)], { env });
});

describe('the image', () => {
  it('is built of what there is', () => {
    for (const text of textsOf(build, 'COPY')) {
      for (const path of text.split(' ').slice(0, -1)) expect(existsSync(join(source, path)), path).toBe(true);
    }
  });

  it('holds the package and nothing else of ours, with what was compiled of it', () => {
    expect(existsSync(join(root, 'opt/haldane/lib/haldane.js'))).toBe(true);
    expect(existsSync(join(root, 'opt/haldane-compiled'))).toBe(true);
    expect(existsSync(join(root, 'tmp/demo'))).toBe(false);
  });

  it('runs as a user who is not root', () => {
    expect(textsOf(image, 'USER')).toEqual(['1000:1000']);
  });

  it('serves, and says to its health check whether it does', async () => {
    const [program = '', ...args] = [...jsonOf('ENTRYPOINT'), ...jsonOf('CMD')];
    const main = join(root, 'usr/local/bin', program);
    const service = await startService({ ...environment, HALDANE_HOST: '127.0.0.1', HALDANE_PORT: '0' }, undefined, {
      main,
      args,
      cwd: root,
    });
    const [check = '', ...checkArgs] = JSON.parse(textsOf(image, 'HEALTHCHECK')[0]?.replace(/^.*? CMD /, '') ?? '[]');
    const checked = { ...env, HALDANE_PORT: new URL(service.baseUrl).port };
    await run(check, checkArgs, { env: checked });
    expect(await service.stop()).toBe(0);
    await expect(run(check, checkArgs, { env: checked })).rejects.toMatchObject({ code: 1 });
  });

  it('is a job as well: what follows the name of the image is a command', async () => {
    expect(jsonOf('ENTRYPOINT')).toEqual(['haldane']);
    const { stdout } = await run('haldane', ['demo'], { env });
    expect(stdout).toMatch(/verdict {6}Pass.*verdict {6}Fail/s);
    expect((await run('haldane', ['gate', '--help'], { env })).stdout).toContain('--baseline');
  });
});

function jsonOf(name: string): string[] {
  return JSON.parse(textsOf(image, name)[0] ?? '[]') as string[];
}
