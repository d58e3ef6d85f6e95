import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import type { ConfigProblem } from '../../../src/domain/config-problem.ts';
import { SHOP_CONFIG, type ShopService, startShopService } from '../../support/shop-service.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { runHaldane } from '../run-haldane.ts';

vi.setConfig({ testTimeout: 120_000 });

const folder = temporaryDirectory();
const file = join(folder, 'checkout.yml');
let service: ShopService;
/** Backtests by what the canary is: v2 is slower than v1 all the time, v3 is not, `empty` has no data. */
const backtests: Record<string, { path: string; id: string }> = {};

const written = (changes: object = {}) => writeFileSync(file, stringify({ ...SHOP_CONFIG, ...changes }));

beforeAll(async () => {
  service = await startShopService();
  vi.stubEnv('HALDANE_URL', service.baseUrl);
  written();
  const past = ['--start', '2026-01-01T00:00:00Z', '--end', '2026-01-01T12:00:00Z', '--window', '30m'];
  for (const canary of ['v2', 'v3', 'empty']) {
    const sides = ['--baseline', canary === 'empty' ? 'empty2' : 'v1', '--canary', canary, '--change', '50 %'];
    const { out } = await runHaldane(['config', 'backtest', file, ...sides, ...past, '--output', 'json']);
    const path = join(folder, `${canary}.json`);
    writeFileSync(path, out);
    backtests[canary] = { path, id: JSON.parse(out).id };
  }
});
afterAll(() => service.stop());
beforeEach(() => written());
afterEach(() => vi.unstubAllEnvs());

const lint = (...args: string[]) => runHaldane(['config', 'lint', file, ...args]);
const pathOf = (canary: string) => backtests[canary]?.path ?? '';
/** The rules that a backtest raises; other advice of the config is none of them. */
const rulesOf = async (...args: string[]) => {
  const { code, out, err } = await lint('--output', 'json', ...args);
  expect({ code: code === 0 || code === 1, err }).toEqual({ code: true, err: '' });
  const [{ problems }] = JSON.parse(out) as [{ problems: ConfigProblem[] }];
  const ofBacktests = problems.filter(({ rule }) =>
    /^(backtest-|false-alarms$|metric-(noisy|blind|without))/.test(rule),
  );
  return ofBacktests.map(({ rule, path, silenced }) => [rule, path, ...(silenced === undefined ? [] : [silenced])]);
};

describe('haldane config lint --backtest', () => {
  it('tells of a config that cries wolf, and of the metric it is', async () => {
    expect(await rulesOf('--backtest', pathOf('v2'))).toEqual([
      ['backtest-few-windows', ''],
      ['false-alarms', ''],
      ['metric-noisy', 'metrics[0]'],
    ]);
    const { code, out } = await lint('--backtest', pathOf('v2'), '--strict');
    expect(code).toBe(1);
    expect(out).toContain(
      'It fails 24 of 24 windows (100 %; 86.2 % to 100 %) in which nothing had changed, and 5 % are allowed',
    );
    expect((await lint('--backtest', pathOf('v2'))).code).toBe(0);
  });

  it('lets one pass that does not, if enough was tried', async () => {
    expect(await rulesOf('--backtest', pathOf('v3'))).toEqual([['backtest-few-windows', '']]);
    const enough = await lint('--backtest', pathOf('v3'), '--false-alarms', '14', '--strict');
    expect(enough).toMatchObject({ code: 0, out: expect.stringContaining('0 wrong, 0 advice') });
  });

  it('is silenced by the config, with a reason', async () => {
    const ignore = ['backtest-few-windows', 'false-alarms'].map((rule) => ({ rule, reason: 'a new service' }));
    written({ lint: { ignore: [...ignore, { rule: 'metric-noisy', metric: 'latency', reason: 'two zones' }] } });
    expect(await rulesOf('--backtest', pathOf('v2'))).toEqual([
      ['backtest-few-windows', '', 'a new service'],
      ['false-alarms', '', 'a new service'],
      ['metric-noisy', 'metrics[0]', 'two zones'],
    ]);
    expect((await lint('--backtest', pathOf('v2'), '--strict')).code).toBe(0);
  });

  it('tells when another config was tried, when nothing was seen, and when there is none of a config', async () => {
    expect(await rulesOf('--backtest', pathOf('empty'))).toEqual([['backtest-unfinished', '']]);
    const [first, ...others] = SHOP_CONFIG.metrics;
    written({ metrics: [{ ...first, analysisConfigurations: { canary: { direction: 'decrease' } } }, ...others] });
    expect(await rulesOf('--backtest', pathOf('v3'))).toContainEqual(['backtest-outdated', 'metrics']);
    written({ description: 'for people', applications: ['other'] });
    expect(await rulesOf('--backtest', pathOf('v3'))).toEqual([['backtest-few-windows', '']]);
    writeFileSync(join(folder, 'search.yml'), stringify({ ...SHOP_CONFIG, name: 'search' }));
    const both = await lint(join(folder, 'search.yml'), '--backtest', pathOf('v3'), '--strict');
    expect(both).toMatchObject({ code: 1, out: expect.stringMatching(/search\.yml: advice: .*\[backtest-missing\]/) });
  });

  it('reads a stored one by its id', async () => {
    const url = ['--url', service.baseUrl];
    expect(await rulesOf('--backtest', backtests.v3?.id ?? '', ...url)).toEqual([['backtest-few-windows', '']]);
    const unknown = await lint('--backtest', 'nothing', ...url);
    expect(unknown).toMatchObject({ code: 64, err: expect.stringContaining("there is no file 'nothing'") });
  });

  it('does not pass for a backtest of nothing that it looks at', async () => {
    written({ name: 'other' });
    const foreign = await lint('--backtest', pathOf('v3'));
    expect(foreign).toMatchObject({ code: 64, err: expect.stringContaining("is of a config named 'checkout'") });
    const wrong = await lint('--backtest', file);
    expect(wrong).toMatchObject({ code: 64, err: expect.stringContaining('checkout.yml is no backtest (') });
    const share = await lint('--backtest', pathOf('v3'), '--false-alarms', '0');
    expect(share).toMatchObject({ code: 64, err: expect.stringContaining('--false-alarms') });
  });
});
