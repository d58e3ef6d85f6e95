import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { type BuiltPackage, installBuiltPackage, olderNode } from '../support/built-package.ts';
import { startService } from '../support/http/service-process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const LARGEST_TARBALL_BYTES = 5_000_000;
const TOO_OLD = ['node14', 'node20'];
const NEW_ENOUGH = { 'the first Node 22 that has all we use': 'node22-first', 'Node 22': 'node22' };

let built: BuiltPackage;
beforeAll(async () => {
  built = await installBuiltPackage();
});

const BIN = 'node_modules/haldane/bin/haldane.cjs';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program in the project that the package was installed into. */
async function runInProject(program: string, args: readonly string[]): Promise<Ended> {
  const env = { ...process.env, HALDANE_DATA_DIR: temporaryDirectory(), npm_config_offline: 'true' };
  return promisify(execFile)(program, args, { cwd: built.project, env }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );
}

const npx = (...args: string[]) => runInProject('npx', ['--no', '--', 'haldane', ...args]);

describe('the tarball', () => {
  it('holds the program with its documents, and neither tests nor sources', () => {
    expect(built.files).toEqual(
      expect.arrayContaining(['LICENSE', 'NOTICE', 'README.md', 'CHANGELOG.md', 'package.json', 'bin/haldane.cjs']),
    );
    expect(built.files.filter((path) => /(^|\/)test\/|\.test\.|(?<!\.d)\.ts$/.test(path))).toEqual([]);
    expect(built.packedBytes).toBeLessThan(LARGEST_TARBALL_BYTES);
  });

  it('has all that was built', () => {
    const all = readdirSync(built.built, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(built.files.length).toBe(all.length);
  });

  it('installs nothing but itself', () => {
    const installed = readdirSync(join(built.project, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(installed).toEqual(['haldane']);
  });

  it('names the licence of every work of others in it', () => {
    const notice = readFileSync(join(built.built, 'NOTICE'), 'utf8');
    for (const name of ['fastify', 'zod', 'axios', 'pg', 'swagger-ui', 'minisearch'])
      expect(notice).toContain(`\n${name} `);
    const licences = [...notice.matchAll(/^-{80}\n\S+ .* \((.+)\)$/gm)].map(([, licence]) => licence);
    expect(licences.length).toBeGreaterThan(50);
    expect([...new Set(licences)].sort()).toEqual(['Apache-2.0', 'BSD-3-Clause', 'ISC', 'MIT', 'OFL-1.1']);
  });

  it('lists the same works for machines', () => {
    const notice = readFileSync(join(built.built, 'NOTICE'), 'utf8');
    const works = [...notice.matchAll(/^-{80}\n(\S+) (\S+) /gm)].map(([, name, version]) => `${name} ${version}`);
    const bill = JSON.parse(readFileSync(join(built.built, 'sbom.cdx.json'), 'utf8'));
    const listed = bill.components.map(({ name, version }: { name: string; version: string }) => `${name} ${version}`);
    expect(listed).toEqual(works);
    expect(bill.components.map(({ purl }: { purl: string }) => purl)).toContainEqual(
      expect.stringMatching(/^pkg:npm\/%40fastify\/error@\d/),
    );
  });

  it('names what the lock file has, and nothing in another version', () => {
    const notice = readFileSync(join(built.built, 'NOTICE'), 'utf8');
    const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      packages: Record<string, { version?: string }>;
    };
    const locked = new Set(
      Object.entries(packages).map(([path, { version }]) => `${path.split('node_modules/').at(-1)} ${version}`),
    );
    const works = [...notice.matchAll(/^-{80}\n(\S+) (\S+) /gm)].map(([, name, version]) => `${name} ${version}`);
    // The files of @fastify/swagger-ui are Swagger UI, which the lock file does not know.
    expect(works.filter((work) => !locked.has(work))).toEqual([expect.stringMatching(/^swagger-ui \d/)]);
    const { dependencies } = packageJson;
    const missing = Object.keys(dependencies).filter((name) => !works.some((work) => work.startsWith(`${name} `)));
    expect(missing).toEqual([]);
  });

  it('has maps that lead to our sources', () => {
    const lib = join(built.built, 'lib');
    const maps = readdirSync(lib).filter((name) => name.endsWith('.js.map'));
    const sources = maps.flatMap((name) => {
      const { sources, sourcesContent } = JSON.parse(readFileSync(join(lib, name), 'utf8'));
      return sources.filter((_: string, index: number) => sourcesContent[index] !== null);
    });
    expect(sources).toContainEqual(expect.stringMatching(/src\/serve\.ts$/));
    expect(sources.filter((source: string) => source.includes('node_modules'))).toEqual([]);
  });
});

const WORSE = {
  name: 'shop',
  applications: ['shop'],
  metrics: [
    {
      name: 'latency',
      groups: ['speed'],
      scopeName: 'default',
      query: { type: 'inline', control: Array(20).fill([1, 2]).flat(), experiment: Array(20).fill([8, 9]).flat() },
      analysisConfigurations: { canary: { direction: 'increase' } },
    },
  ],
  classifier: { groupWeights: { speed: 100 } },
};

describe('npx haldane', () => {
  it('--version says the version', async () => {
    expect(await npx('--version')).toEqual({ code: 0, stdout: `${packageJson.version}\n`, stderr: '' });
  });

  it('--help lists the commands', async () => {
    const { code, stdout } = await npx('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('haldane serve');
  });

  it('demo judges a good and a bad canary', async () => {
    const { code, stdout, stderr } = await npx('demo');
    expect(stdout).toMatch(/verdict {6}Pass.*verdict {6}Fail/s);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('judge judges two columns of a file', async () => {
    writeFileSync(join(built.project, 'same.txt'), '1 2\n2 1\n'.repeat(10));
    writeFileSync(join(built.project, 'worse.txt'), '1 8\n2 9\n'.repeat(10));
    expect(await npx('judge', 'same.txt')).toMatchObject({ code: 0, stderr: '' });
    expect(await npx('judge', 'worse.txt')).toMatchObject({ code: 1, stderr: '' });
  });

  it('gate starts a run, waits for its verdict and exits by it, without a server', async () => {
    writeFileSync(join(built.project, 'config.json'), JSON.stringify(WORSE));
    const { code, stdout } = await npx(
      ...['gate', 'config.json', '--local', '--baseline', 'v1', '--canary', 'v2', '--last', '20m'],
    );
    expect(stdout).toMatch(/^fail 0 /);
    expect(code).toBe(1);
  });

  it('openapi prints the contract', async () => {
    expect(JSON.parse((await npx('openapi')).stdout)).toMatchObject({ openapi: '3.1.0' });
  });
});

describe.each(Object.entries({ 'this Node': process.execPath, ...NEW_ENOUGH }))('the service on %s', (_, name) => {
  it('answers, shows its pages and its document, and judges', async () => {
    const node = existsSync(name) ? name : olderNode(name);
    const written: string[] = [];
    const service = await startService(
      { HALDANE_DATA_DIR: temporaryDirectory(), HALDANE_PORT: '0' },
      (line) => written.push(line),
      { node, main: join(built.project, BIN), args: ['serve'], cwd: built.project },
    );
    const get = async (path: string) => {
      const answer = await fetch(service.baseUrl + path);
      expect(answer.status, path).toBe(200);
      return answer.text();
    };
    await get('/health');
    const page = await get('/');
    for (const [, path = ''] of page.matchAll(/(?:src|href)="(\/assets\/[^"]*)"/g)) await get(path);
    expect(await get('/docs/ui/static/swagger-ui-bundle.js')).toContain('SwaggerUIBundle');
    const contract = JSON.parse(await get('/v3/api-docs'));
    expect(contract).toEqual(JSON.parse(readFileSync('openapi/openapi.json', 'utf8')));
    const { requestBody, responses } = contract.paths['/judge'].post;
    const verdict = await fetch(`${service.baseUrl}/judge`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(requestBody.content['application/json'].example),
    });
    expect(await verdict.json()).toMatchObject({ score: responses['200'].content['application/json'].example.score });
    expect(await service.stop()).toBe(0);
    expect(written.filter((line) => !line.startsWith('{'))).toEqual([]);
  });
});

describe('on another Node', () => {
  it.each(TOO_OLD)('%s, says in a sentence what is needed', async (name) => {
    const { code, stdout, stderr } = await runInProject(olderNode(name), [BIN, 'demo']);
    const { version } = JSON.parse(readFileSync(join(olderNode(name), '../../package.json'), 'utf8'));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      `haldane: needs Node 22.16 or later, or 24 or later, and this is ${version}; install one, or let npm bring it: ` +
        'npx -p node@24 -p haldane haldane <command>\n',
    );
  });

  it.each(Object.entries(NEW_ENOUGH))('%s, works without a warning', async (_, name) => {
    const { code, stdout, stderr } = await runInProject(olderNode(name), [BIN, 'demo']);
    expect(stdout).toMatch(/verdict {6}Pass.*verdict {6}Fail/s);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('is told by npm as well: engines and the program agree', async () => {
    const { engines } = JSON.parse(readFileSync(join(built.built, 'package.json'), 'utf8'));
    expect(engines.node).toBe('^22.16.0 || >=24');
  });
});

describe('the library', () => {
  const example = /^```js\n(.*?)^```/ms.exec(readFileSync('docs/library.md', 'utf8'))?.[1] ?? '';

  it.each(['this Node', ...Object.values(NEW_ENOUGH)])('gives the verdict of its document, on %s', async (name) => {
    writeFileSync(join(built.project, 'example.mjs'), example);
    const node = name === 'this Node' ? process.execPath : olderNode(name);
    const { code, stdout, stderr } = await runInProject(node, ['example.mjs']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Fail 50\nlatency High .*\nfailed requests Pass .*\n$/);
  });

  it('can be required by CommonJS', async () => {
    writeFileSync(join(built.project, 'example.cjs'), "console.log(typeof require('haldane').judge);");
    expect(await runInProject(process.execPath, ['example.cjs'])).toEqual({
      code: 0,
      stdout: 'function\n',
      stderr: '',
    });
  });

  it('has types for what it takes and gives, and for nothing else', async () => {
    writeFileSync(join(built.project, 'tsconfig.json'), TSCONFIG);
    writeFileSync(join(built.project, 'typed.ts'), TYPED);
    const { code, stdout } = await runInProject(process.execPath, [resolve('node_modules/typescript/bin/tsc')]);
    expect(stdout).toBe('');
    expect(code).toBe(0);
    expect((await runInProject(process.execPath, ['typed.js'])).stdout).toBe('Pass\n');
  });
});

const TSCONFIG = JSON.stringify({
  compilerOptions: { module: 'NodeNext', target: 'ES2022', lib: ['ES2024', 'DOM'], strict: true, types: [] },
  files: ['typed.ts'],
});

const TYPED = `import { InputError, judge, type JudgeResult, type MetricPair } from 'haldane';

const values = [3, 5, 4, 6, 5, 4, 3, 5, 6, 4, null];
const pair: MetricPair = { name: 'errors', values: { control: values, experiment: values } };
const result: JudgeResult = await judge({ pairs: [pair], thresholds: { pass: 90, marginal: 70 } });
const mean: number = result.results[0]!.controlMetadata.stats.mean;
console.log(Number.isFinite(mean) ? result.score.classification : mean);

// @ts-expect-error a threshold is a number
void (() => judge({ pairs: [pair], thresholds: { pass: '90', marginal: 70 } }));
// @ts-expect-error pairs are needed
void (() => judge({}));
// @ts-expect-error no other field is known
void (() => judge({ pairs: [pair], treshold: 1 }));
export const isInputError = (error: unknown): boolean => error instanceof InputError;
`;
