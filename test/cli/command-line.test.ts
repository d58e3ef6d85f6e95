import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Command as Commander } from 'commander';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { COMMANDS, commandName } from '../../src/cli/commands.ts';
import { declareCommand } from '../../src/cli/declare-command.ts';
import { flagsOf } from '../../src/cli/options.ts';
import { configOf } from '../support/http/requests.ts';
import { startService } from '../support/http/service-process.ts';
import { createTestService } from '../support/http/test-service.ts';
import { startKayentaStandIn } from '../support/servers/kayenta-stand-in.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { goldenRuns } from './kayenta/golden-runs.ts';
import { runHaldane } from './run-haldane.ts';

const ALL = COMMANDS.map(commandName).join(', ');

/** The words that begin a command. */
function knownWords(args: readonly string[]): string[] {
  const count = args.findIndex((_, index) => {
    const begun = `${args.slice(0, index + 1).join(' ')} `;
    return !COMMANDS.some((entry) => `${commandName(entry)} `.startsWith(begun));
  });
  return args.slice(0, count < 0 ? args.length : count);
}

describe('haldane', () => {
  it('tells what it can do', async () => {
    const { code, out } = await runHaldane(['--help']);
    expect(code).toBe(0);
    expect(out).toContain('haldane import kayenta [dir|url]');
    expect(out).toContain('haldane diff kayenta <dir|url>');
    expect(await runHaldane(['-h'])).toEqual({ code, out, err: '' });
    const version = `${packageJson.version}\n`;
    expect((await runHaldane(['--version'])).out).toBe(version);
    expect((await runHaldane(['version'])).out).toBe(version);
  });

  it.each(['import', 'diff'])('tells the options and exit codes of %s kayenta', async (name) => {
    const { code, out } = await runHaldane([name, 'kayenta', '--help']);
    expect(code).toBe(0);
    for (const text of ['--to <url>', '--account <name>', '--json', '--timeout <seconds>', '  3  ']) {
      expect(out).toContain(text);
    }
  });

  it.each([
    [[], `say what to do; known: ${ALL}`],
    [['forget', 'kayenta'], `'forget' is not known; known: ${ALL}`],
    [['improt', 'kayenta'], `'improt' is not known (did you mean import?); known: ${ALL}`],
    [['import'], "'import' is not known; known: import kayenta, import keptn"],
    [
      ['import', 'kayent', '.'],
      "'import kayent' is not known (did you mean kayenta?); known: import kayenta, import keptn",
    ],
    [['diff', 'kayenta'], "'diff kayenta' needs <dir|url>"],
    [['diff', 'kayenta', 'http://a', 'http://b'], "'diff kayenta' takes one <dir|url>; too much: http://b"],
    [['diff', 'kayenta', 'kayenta:8090'], "'kayenta:8090' must be an address such as http://127.0.0.1:8090"],
    [
      ['import', 'kayenta', '.', '--form', 'x'],
      "--form is not an option of 'import kayenta'; known: --to, --account, --replace, --dry-run, --config, --json, --timeout",
    ],
    [
      ['import', 'kayenta', '.', '--jsno'],
      "--jsno is not an option of 'import kayenta' (did you mean --json?); known: --to, --account, --replace, --dry-run, --config, --json, --timeout",
    ],
    [['store', 'copy', '--from', 'sqlite:a'], '--to: is required'],
    [['store', 'copy', 'a', 'b'], "'store copy' takes only options; too much: a b"],
    [['demo', '--quick'], "--quick is not an option of 'demo'; known: --serve"],
    [['serve', '--quick'], "--quick is not an option of 'serve'; it has none"],
    [['import', 'kayenta', '.', '--to'], "option '--to <url>' argument missing"],
    [['import', 'kayenta', '.', '--to', 'haldane:8090'], '--to: must be an address such as http://127.0.0.1:8090'],
    [['import', 'kayenta', '.', '--account', 'a'], "--account: '.' is a folder, which has no accounts"],
    [['diff', 'kayenta', 'http://a', '--last', 'ten'], '--last: must be a number of runs'],
    [['diff', 'kayenta', 'http://a', '--last', '0'], '--last: must be at least 1'],
    [['diff', 'kayenta', 'http://a', '--timeout', '0'], '--timeout: must be more than 0 seconds'],
  ])('answers %j with what it should have been, and 64', async (args, problem) => {
    const help = ['haldane', ...knownWords(args), '--help'].join(' ');
    expect(await runHaldane(args)).toEqual({ code: 64, out: '', err: `haldane: ${problem} (${help})\n` });
  });

  it.each(COMMANDS)('shows examples and exit codes of %o that it takes itself', async (entry) => {
    const { code, out } = await runHaldane([...commandName(entry).split(' '), '--help']);
    expect(code).toBe(0);
    expect(out).toContain(`haldane ${commandName(entry)} [options]`);
    expect(out).toContain(`${entry.summary}.`);
    expect(out).toMatch(/^Examples:\n( {2}.*\bhaldane .*\n)+\nExit codes:\n {2}0 {2}/m);
    const known = flagsOf((await entry.load()).options).map(({ name }) => `--${name}`);
    const shown = (await entry.load()).examples.flatMap((example) => example.match(/--[\w-]+/g) ?? []);
    expect(shown.filter((flag) => !known.includes(flag))).toEqual([]);
  });

  it.each(COMMANDS)('takes every option of %o under its own name', async (entry) => {
    const command = await entry.load();
    const commander = new Commander();
    declareCommand(commander, command, { stdout: { write: () => {} }, stderr: { write: () => {} } });
    expect(commander.options.map((option) => option.attributeName())).toEqual(Object.keys(command.options.shape));
  });

  it('prints the committed OpenAPI document', async () => {
    expect((await runHaldane(['openapi'])).out).toBe(readFileSync('openapi/openapi.json', 'utf8'));
  });

  it('lists the commands of a group', async () => {
    const { code, out } = await runHaldane(['store', '--help']);
    expect(code).toBe(0);
    expect(out).toContain('haldane store copy');
    expect(out).not.toContain('haldane import');
  });

  it('loads no command, and no schema, to say what it can do', () => {
    const loaded = new Set<string>();
    const load = (file: string) => {
      if (loaded.has(file)) return;
      loaded.add(file);
      const imports = file.endsWith('.ts')
        ? readFileSync(file, 'utf8').matchAll(/^import (?!type ).*? from '(.+?)'/gms)
        : [];
      for (const [, name = ''] of imports) load(name.startsWith('.') ? join(dirname(file), name) : name);
    };
    load('src/cli/haldane.ts');
    expect([...loaded].filter((file) => /^(src\/cli\/commands\/|providers|judges)/.test(file))).toEqual([]);
    expect([...loaded].filter((file) => !file.includes('/'))).toEqual(['commander', 'package.json']);
  });

  it('is a program', async () => {
    const program = packageJson.bin.haldane;
    expect(readFileSync(program, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    const help = await promisify(execFile)(process.execPath, [program, '--help']);
    expect(help.stdout).toContain('haldane diff kayenta <dir|url>');
    const failed = promisify(execFile)(process.execPath, [program, 'diff']);
    await expect(failed).rejects.toMatchObject({ code: 64, stderr: expect.stringContaining("'diff' is not known") });
  });
});

/** What the README shows, with the exit code each command has against a sound Kayenta; the bucket has broken objects. */
const SHOWN = [
  ['npm run --silent haldane -- --help', 0],
  ['haldane demo', 0],
  ['haldane serve', 0],
  ['haldane openapi', 0],
  ['haldane completion bash', 0],
  ['haldane version', 0],
  ['haldane import kayenta --config kayenta.yml > haldane.yml', 0],
  ['haldane diff kayenta http://kayenta:8090 --last 200', 0],
  ['haldane diff kayenta http://kayenta:8090 --only-differences --json', 0],
  ['haldane diff kayenta http://kayenta:8090 --application checkout,search', 0],
  ['haldane diff kayenta http://kayenta:8090 --judge WelchTJudge-v1.0', 1],
  ['haldane diff kayenta http://kayenta:8090 --to http://haldane:8090', 0],
  // The Haldane of this test has no such account.
  ['haldane diff kayenta http://kayenta:8090 --to http://haldane:8090 --refetch --last 20', 1],
  ['haldane diff kayenta ./kayenta-bucket --to http://haldane:8090 --refetch --metrics-account prom --keep', 1],
  ['haldane import kayenta http://kayenta:8090 --to http://haldane:8090 --dry-run', 0],
  ['haldane import kayenta http://kayenta:8090 --to http://haldane:8090', 0],
  ['haldane import kayenta http://kayenta:8090 --to http://haldane:8090 --account kayenta-store', 0],
  ['haldane import kayenta ./kayenta-bucket --to http://haldane:8090', 1],
  ['haldane import kayenta http://kayenta:8090 --to http://haldane:8090 --replace', 0],
  ['haldane import keptn slo.yaml --sli sli.yaml > carts.yml', 0],
  ['haldane config lint test/fixtures/lint --strict', 0],
  // Its files are not here; lint-backtest.test.ts has both.
  ['haldane config lint checkout.yml --strict --backtest backtest.json --false-alarms 3', 64],
] as const;

describe('src/cli/README.md', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('shows commands that work', { timeout: 120_000 }, async () => {
    const blocks = readFileSync('src/cli/README.md', 'utf8').matchAll(/^```sh\n(.*?)^```$/gms);
    const shown = [...blocks].flatMap(([, block = '']) => block.trim().split('\n'));
    expect(shown).toEqual(SHOWN.map(([command]) => command));

    const { runs, pairLists } = goldenRuns(5);
    const liveRuns = Object.values(runs).map((run) => ({ ...run, application: 'checkout' }));
    const kayenta = await startKayentaStandIn({ configs: { a: configOf() }, runs, pairLists, liveRuns });
    const service = await createTestService({ judges: createJudges({}) });
    const haldane = await service.http.listen({ host: '127.0.0.1', port: 0 });
    vi.stubEnv('HALDANE_DATA_DIR', temporaryDirectory());
    const ran = [];
    for (const command of shown) {
      const real = command
        .replace('http://kayenta:8090', kayenta.baseUrl)
        .replace('http://haldane:8090', haldane)
        .replace('./kayenta-bucket', 'test/fixtures/kayenta-folder')
        .replace(
          'slo.yaml --sli sli.yaml > carts.yml',
          'test/fixtures/keptn/slo.yaml --sli test/fixtures/keptn/sli.yaml',
        )
        .replace('kayenta.yml > haldane.yml', 'test/fixtures/kayenta-yml/kayenta.yml');
      ran.push([command, await exitCodeOf(real.split(' '))]);
    }
    expect(ran).toEqual(SHOWN);
    await Promise.all([service.close(), kayenta.stop()]);
  });
});

async function exitCodeOf([program = '', ...args]: readonly string[]): Promise<number | null> {
  if (args[0] === 'serve') {
    const service = await startService({ HALDANE_PORT: '0' }, () => {}, { main: packageJson.bin.haldane, args });
    return service.stop();
  }
  if (program === 'haldane') return (await runHaldane(args)).code;
  await promisify(execFile)(program, args);
  return 0;
}
