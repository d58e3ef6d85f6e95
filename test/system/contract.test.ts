import { execFile, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Recording, type ReplayServer, startReplay } from '../../src/cli/demo/replay-server.ts';
import { type ServiceProcess, startService } from '../support/http/service-process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const run = promisify(execFile);
const CONTRACT = resolve('openapi/openapi.json');
const SOURCES = resolve('test/system/contract');
const MODULES = resolve('node_modules/.cache/contract/node_modules');

/** Nothing asks for newer versions. */
const QUIET = { env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' } };

/** What both clients print: the verdict of the demo's slow canary, and how a run that is not there is told. */
const PRINTED = { verdict: 'Fail', metric: 'High', status: 404, errorCode: 'EXECUTION_NOT_FOUND' };

const hasTools = existsSync(MODULES);
const missing = 'no tools for the contract; test/tools/install-contract-tools.sh gets them';
if (!hasTools && process.env.CI) throw new Error(missing);
if (!hasTools) console.warn(`skipped: ${missing}`);
const runtime = ['list', '-m', '-f', '{{.Dir}}', 'github.com/oapi-codegen/runtime'];
const hasGo = String(spawnSync('go', runtime, go(join(SOURCES, 'go'))).stdout ?? '').trim() !== '';
if (!hasGo)
  console.warn('skipped: no go on PATH that is as new as test/system/contract/go/go.mod wants it, or no modules');

/** Where a command of Go runs: with the Go that is there, and the modules that are. */
function go(cwd: string) {
  return { cwd, env: { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly', GOPROXY: 'off' } };
}

/** A folder with the client's sources, which the generated ones are added to. */
function clientFolder(language: string): string {
  const folder = join(temporaryDirectory(), language);
  cpSync(join(SOURCES, language), folder, { recursive: true });
  return folder;
}

const printed = (stdout: string): unknown =>
  Object.assign(
    {},
    ...stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  );

describe.runIf(hasTools)('the contract', () => {
  const tool = (name: string) => join(MODULES, '.bin', name);

  it('is as redocly wants it', async () => {
    const { stderr } = await run(tool('redocly'), ['lint', CONTRACT, '--config', join(SOURCES, 'redocly.yaml')], QUIET);
    expect(stderr).toContain('Your API description is valid.');
  });

  it('is as spectral wants it', async () => {
    const { stdout } = await run(tool('spectral'), [
      ...['lint', CONTRACT, '--ruleset', join(SOURCES, 'spectral.yaml'), '--fail-severity', 'hint'],
    ]);
    expect(stdout).toContain('No results');
  });

  it('is found wanting where it is, so the tests above can fail', async () => {
    const wrong = join(temporaryDirectory(), 'openapi.json');
    const document = JSON.parse(readFileSync(CONTRACT, 'utf8'));
    document.paths['/canary/{other}'] = document.paths['/canary/{id}/cancel'];
    writeFileSync(wrong, JSON.stringify(document));
    for (const [name, option, rules] of [
      ['redocly', '--config', 'redocly.yaml'],
      ['spectral', '--ruleset', 'spectral.yaml'],
    ] as const) {
      const lint = run(tool(name), ['lint', wrong, option, join(SOURCES, rules)], QUIET);
      await expect(lint).rejects.toMatchObject({ code: 1 });
    }
  });
});

describe('a client that is generated from the contract', () => {
  let replay: ReplayServer;
  let service: ServiceProcess;
  beforeAll(async () => {
    const recording = readFileSync('openapi/examples/demo/prometheus-recording.json', 'utf8');
    replay = await startReplay(JSON.parse(recording) as Recording);
    const dataDir = temporaryDirectory();
    const config = { dataDir, accounts: [{ name: 'prom', type: 'prometheus', endpoint: { baseUrl: replay.baseUrl } }] };
    writeFileSync(join(dataDir, 'haldane.yml'), JSON.stringify(config));
    service = await startService({ HALDANE_CONFIG: join(dataDir, 'haldane.yml'), HALDANE_PORT: '0' });
  });
  afterAll(async () => {
    await service.stop();
    await replay.stop();
  });

  it.runIf(hasTools)('with openapi-typescript compiles strictly, and gets a verdict', async () => {
    const folder = clientFolder('typescript');
    mkdirSync(join(folder, 'node_modules'));
    for (const name of ['openapi-fetch', 'openapi-typescript-helpers']) {
      symlinkSync(join(MODULES, name), join(folder, 'node_modules', name));
    }
    symlinkSync(resolve('node_modules/@types'), join(folder, 'node_modules/@types'));
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
    await run(join(MODULES, '.bin/openapi-typescript'), [CONTRACT, '-o', join(folder, 'haldane.d.ts')]);
    await run(resolve('node_modules/.bin/tsc'), ['-p', folder]);
    const { stdout } = await run(process.execPath, [join(folder, 'verdict.ts'), service.baseUrl]);
    expect(printed(stdout)).toMatchObject(PRINTED);
  });

  it.runIf(hasGo)('with oapi-codegen compiles, passes vet, and gets a verdict', async () => {
    const folder = clientFolder('go');
    mkdirSync(join(folder, 'haldane'));
    await run('go', ['tool', 'oapi-codegen', '-config', 'oapi-codegen.yaml', CONTRACT], go(folder));
    await run('go', ['vet', './...'], go(folder));
    const { stdout } = await run('go', ['run', '.', service.baseUrl], go(folder));
    expect(printed(stdout)).toMatchObject(PRINTED);
  });
});
