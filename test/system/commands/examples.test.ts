/** Every example that help shows is run, against a service, a Prometheus and a Kayenta of its own. */
import { copyFileSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { COMMANDS } from '../../../src/cli/commands.ts';
import { openSqlite } from '../../../src/store/sqlite-database.ts';
import { openStore } from '../../../src/store/store.ts';
import { goldenRuns } from '../../cli/kayenta/golden-runs.ts';
import { runHaldane } from '../../cli/run-haldane.ts';
import { configOf } from '../../support/http/requests.ts';
import { startKayentaStandIn } from '../../support/servers/kayenta-stand-in.ts';
import { startTwoVersions } from '../../support/servers/two-versions.ts';
import { SHOP_CONFIG, type ShopService, startShopService } from '../../support/shop-service.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** Shown, and run elsewhere: with the test that does. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'haldane demo --serve': 'test/cli/commands/demo.test.ts',
  'haldane serve': 'test/cli/command-line.test.ts',
  'HALDANE_CONFIG=/etc/haldane.yml HALDANE_PORT=8090 haldane serve': 'test/cli/command-line.test.ts',
  'haldane store copy --from sqlite:./data --to postgres://haldane@db:5432/haldane': 'test/system/store-copy.test.ts',
  'haldane config get checkout | haldane config apply -': 'test/system/commands/small-commands.test.ts',
  "printf '1 2\\n1 2\\n2 1\\n' | haldane judge -": 'test/system/commands/small-commands.test.ts',
  'HALDANE_TOKEN=$HALDANE_ADMIN_TOKEN haldane token create --name grafana --role viewer':
    'test/cli/commands/token.test.ts',
  'haldane gate checkout --baseline v1 --canary v2 --for 10m --timeout 20m --junit canary.xml':
    'test/cli/start/execution-request.test.ts',
  'haldane health': 'test/system/health-command.test.ts',
  'HALDANE_CONFIG=/etc/haldane.yml haldane health --ready': 'test/system/health-command.test.ts',
  'haldane analysis step 01JD8Z6Q5V7S0A2B3C4D5E6F7H --share 25': 'test/cli/commands/ramp.test.ts',
  'haldane analysis step 01JD8Z6Q5V7S0A2B3C4D5E6F7H --share 5 --for 30m --key longer': 'test/cli/commands/ramp.test.ts',
  'haldane analysis next-step 01JD8Z6Q5V7S0A2B3C4D5E6F7H': 'test/cli/commands/ramp.test.ts',
  'haldane analysis next-step 01JD8Z6Q5V7S0A2B3C4D5E6F7H --wait --timeout 45m': 'test/cli/commands/ramp.test.ts',
  'haldane import keptn slo.yaml --sli sli.yaml --name carts | haldane config apply -':
    'test/cli/commands/import-keptn.test.ts',
};

/** Exit codes other than 0, which the world of this test has. */
const CODES: Readonly<Record<string, number>> = {
  'haldane import kayenta ./kayenta-bucket --to http://haldane:8090': 1,
  'haldane diff kayenta http://kayenta:8090 --to http://haldane:8090 --refetch --last 20': 1,
  // Its metrics make false alarms on its few points.
  'haldane config backtest checkout --arms before --baseline shop-stable --last 72h --window 30m --output json': 1,
  // So few windows do not show that it has fewer false alarms.
  'haldane config lint checkout.yml --strict --backtest backtest.json --false-alarms 3': 1,
  // The same as of hours; releases that passed were judged alike.
  'haldane config backtest checkout --arms releases --releases 30 --window 30m': 1,
  // The judges differ about its runs.
  'haldane diff judges --right HaldaneJudge-v1.0 --last 500': 1,
  'haldane diff judges --left NetflixACAJudge-v1.0 --right HaldaneJudge-v1.0 --application checkout': 1,
  // It has no such config: where nothing was judged, nothing is green.
  'haldane diff judges --right-settings stricter.yml --config 01JD8Z6Q5V7S0A2B3C4D5E6F7G --output md': 1,
  // Its versions are others.
  'haldane init --prometheus http://127.0.0.1:9090 --name checkout --canary v2 --baseline v1 --dir canary --yes': 1,
};

const home = process.cwd();
const folder = temporaryDirectory();
let service: ShopService;
let prometheus: Awaited<ReturnType<typeof startTwoVersions>>;
let kayenta: Awaited<ReturnType<typeof startKayentaStandIn>>;
let runId: string;
let analysisId: string;

beforeAll(async () => {
  service = await startShopService();
  prometheus = await startTwoVersions();
  const { runs, pairLists } = goldenRuns(5);
  const liveRuns = Object.values(runs).map((run) => ({ ...run, application: 'checkout' }));
  kayenta = await startKayentaStandIn({ configs: { a: configOf() }, runs, pairLists, liveRuns });
  fill();
  await (await openStore(openSqlite(join(folder, 'data')), Date.now)).close();
  process.chdir(folder);
  vi.stubEnv('HALDANE_URL', service.baseUrl);
  await runHaldane(['config', 'apply', 'checkout.yml']);
  const sides = ['--baseline', 'v1', '--canary', 'v3'];
  const tried = ['config', 'backtest', 'checkout.yml', ...sides, '--last', '72h', '--change', '50 %'];
  writeFileSync('backtest.json', (await runHaldane([...tried, '--output', 'json'])).out);
  runId = (await runHaldane(['run', 'start', 'checkout', ...sides, '--last', '30m'])).out.trim();
  const past = ['--start', 'now-30m', '--end', 'now'];
  analysisId = (await runHaldane(['analysis', 'start', 'checkout', ...sides, ...past])).out.trim();
  for (const [kind, id] of [
    ['run', runId],
    ['analysis', analysisId],
  ] as const)
    await runHaldane([kind, 'wait', id]);
});
afterAll(async () => {
  process.chdir(home);
  await Promise.all([service.stop(), prometheus.stop(), kayenta.stop()]);
});
beforeEach(() => {
  for (const name of ['CI', 'GITHUB_RUN_ID', 'CI_PIPELINE_ID', 'BUILD_TAG']) vi.stubEnv(name, undefined);
  vi.stubEnv('HALDANE_URL', service.baseUrl);
  vi.stubEnv('HALDANE_DATA_DIR', join(folder, 'data'));
  vi.stubEnv('PROMETHEUS_URL', prometheus.baseUrl);
});
afterEach(() => vi.unstubAllEnvs());

function fill(): void {
  const accounts = [{ name: 'prom', type: 'prometheus', endpoint: { baseUrl: service.shop.baseUrl } }];
  writeFileSync(join(folder, 'stricter.yml'), 'errorBudget: 0.01\n');
  writeFileSync(join(folder, 'haldane.yml'), stringify({ accounts }));
  writeFileSync(join(folder, 'checkout.yml'), stringify(SHOP_CONFIG));
  writeFileSync(
    join(folder, 'search.json'),
    JSON.stringify({ ...SHOP_CONFIG, name: 'search', applications: ['search'] }),
  );
  const values = Array.from({ length: 30 }, (_, index) => 100 + ((index * 7) % 5));
  const pairs = SHOP_CONFIG.metrics.map(({ name }) => ({ name, values: { control: values, experiment: values } }));
  writeFileSync(join(folder, 'pairs.json'), JSON.stringify(pairs));
  writeFileSync(
    join(folder, 'latency.csv'),
    `baseline,canary\n${values.map((value) => `${value},${value}\n`).join('')}`,
  );
  copyFileSync('test/fixtures/kayenta-yml/kayenta.yml', join(folder, 'kayenta.yml'));
  cpSync('test/fixtures/kayenta-folder', join(folder, 'kayenta-bucket'), { recursive: true });
  mkdirSync(join(folder, 'openapi/examples/demo'), { recursive: true });
  const demo = 'openapi/examples/demo/any-prometheus.json';
  copyFileSync(demo, join(folder, demo));
  mkdirSync(join(folder, 'data'));
  mkdirSync(join(folder, 'canaries'));
  copyFileSync(join(folder, 'checkout.yml'), join(folder, 'canaries/checkout.yml'));
  copyFileSync('test/fixtures/models/model.yml', join(folder, 'model.yml'));
  copyFileSync('test/fixtures/models/outputs-sound.jsonl', join(folder, 'outputs.jsonl'));
  for (const file of ['slo.yaml', 'sli.yaml']) copyFileSync(`test/fixtures/keptn/${file}`, join(folder, file));
}

const examples = await Promise.all(
  COMMANDS.map(async ({ usage, load }) => (await load()).examples.map((example) => [usage, example] as const)),
);

describe('the examples of help', () => {
  it.each(examples.flat().filter(([, example]) => !(example in ELSEWHERE)))('%s: %s', async (_, example) => {
    rmSync(join(folder, 'haldane-backup.sqlite'), { force: true });
    const words = example
      .replace(/^source <\((.*)\)$/, '$1')
      .replace(/ > \S+$/, '')
      .replaceAll('http://kayenta:8090', kayenta.baseUrl)
      .replaceAll('http://haldane:8090', service.baseUrl)
      .replaceAll('http://127.0.0.1:8090', service.baseUrl)
      .replaceAll('http://127.0.0.1:9090', prometheus.baseUrl)
      .replaceAll('01JD8Z6Q5V7S0A2B3C4D5E6F7G', runId)
      .replaceAll('01JD8Z6Q5V7S0A2B3C4D5E6F7H', analysisId)
      .split(' ');
    const elsewhere = example === 'haldane init' ? ['--dir', temporaryDirectory()] : [];
    const { code, err } = await runHaldane([...words.slice(1), ...elsewhere]);
    expect([code, code === 0 ? '' : err]).toEqual([CODES[example] ?? 0, expect.anything()]);
  });

  it('are all known, also those that are run elsewhere', () => {
    const all = examples.flat().map(([, example]) => example);
    const strange = [...Object.keys(ELSEWHERE), ...Object.keys(CODES)].filter((example) => !all.includes(example));
    expect(strange).toEqual([]);
    expect(Object.values(ELSEWHERE).filter((file) => !existsSync(join(home, file)))).toEqual([]);
  });
});
