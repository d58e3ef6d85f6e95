import { mkdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import type { BacktestAnswer } from '../../src/domain/backtest.ts';
import type { MetricsRequest } from '../../src/domain/metrics-provider.ts';
import { instantMillis } from '../../src/domain/values/instant.ts';
import { fakeProvider, seriesOf } from '../support/fake-provider.ts';
import { createGate } from '../support/gate.ts';
import {
  accessibilityProblems,
  LOOKS,
  requiredChromium,
  scrollsSideways,
  watchedPage,
} from '../support/http/browser.ts';
import { configOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { drawsOf } from '../support/samples/random-series.ts';

const browser = await requiredChromium();
/** Where each look of the pages is left to be looked at; absent: nowhere. */
const PICTURES = process.env.HALDANE_PICTURES;
const START = Date.UTC(2026, 0, 1);
const at = (hours: number) => new Date(START + hours * 3_600_000).toISOString().replace('.000Z', 'Z');

const held = createGate();
/** What the baseline is called says how the store answers. */
const answering = fakeProvider(async (request, signal) => {
  const { scope, side, metric } = request;
  const [from, to] = [instantMillis(scope.start ?? ''), instantMillis(scope.end ?? '')];
  if (scope.scope === 'slow' && from > START) await held.pass(signal);
  if (scope.scope === 'broken' && from > START) throw new Error('the store is broken');
  const draws = drawsOf('state', side, metric.name ?? '', from);
  const value = () => (scope.scope === 'silent' ? Number.NaN : 100 * Math.exp(0.04 * draws.normal()));
  return [seriesOf(request, Array.from({ length: (to - from) / 60_000 }, value))];
});
const provider = {
  ...answering,
  buildQuery: ({ query, scope, side }: MetricsRequest) => `${side} ${scope.scope} ${JSON.stringify(query)}`,
};
const config = (metrics: number, name: string) =>
  configOf(metrics, { name, applications: ['shop'], judge: { name: 'NetflixACAJudge-v1.0' } });

describe.runIf(browser)('the pages around a backtest', () => {
  let service: TestService;
  let baseUrl = '';
  const paths: Record<string, string> = {};
  const post = async (url: string, payload: object) =>
    (await service.http.inject({ method: 'POST', url, payload })).json();
  const begin = async (canaryConfigId: string, scope: string, backtest: object = {}) => {
    const window = { start: at(0), end: at(90), step: 60 };
    const scopes = {
      default: { controlScope: { scope, ...window }, experimentScope: { scope: `${scope}2`, ...window } },
    };
    const executionRequest = { scopes, thresholds: { pass: 95, marginal: 75 } };
    const body = { canaryConfigId, executionRequest, backtest: { windowMinutes: 60, judgements: 900, ...backtest } };
    return (await post('/canaryConfig/backtest', body)).backtestId as string;
  };
  const read = async (id: string): Promise<BacktestAnswer> => (await service.http.inject(`/backtests/${id}`)).json();
  const ended = async (id: string) => {
    await vi.waitUntil(async () => (await read(id)).complete, { timeout: 60_000, interval: 50 });
    return id;
  };
  const pageOf = (id: string) => `/backtests/${id}.html`;

  beforeAll(async () => {
    service = await createTestService({ providers: [provider], judges: createJudges({}), attempts: 1 });
    baseUrl = await service.http.listen({ port: 0, host: '127.0.0.1' });
    const small = (await post('/canaryConfig', config(2, 'checkout'))).canaryConfigId;
    const large = (await post('/canaryConfig', config(30, 'everything'))).canaryConfigId;
    paths['no-backtest'] = `/configs/${large}`;
    paths.form = `/configs/${small}/backtest`;
    paths['form-releases'] = `/configs/${small}/backtest?arms=releases`;
    paths['list-empty'] = '/backtests.html?application=nobody';
    const others = ['WelchTJudge-v1.0', 'MannWhitneyJudge-v1.0', 'NonInferiorityJudge-v1.0'];
    const known = (await service.http.inject('/judges')).json().map(({ name }: { name: string }) => name);
    const judges = others.filter((name) => known.includes(name));
    paths['many-judges'] = pageOf(await ended(await begin(small, 'shop', { judges })));
    paths['many-metrics'] = pageOf(await ended(await begin(large, 'shop', { changes: [] })));
    paths['no-data'] = pageOf(await ended(await begin(small, 'silent')));
    paths.failed = pageOf(await ended(await begin(small, 'broken', { changes: [] })));
    const running = await begin(small, 'slow', { changes: [] });
    await vi.waitUntil(async () => (await read(running)).windows.done === 83, { timeout: 30_000 });
    paths.running = pageOf(running);
    paths.list = '/backtests.html';
    paths.config = `/configs/${small}`;
    paths.edit = `/configs/${small}/edit`;
  }, 120_000);
  afterAll(async () => {
    held.open();
    await service?.close();
    await browser?.close();
  });
  const open = async (path: string, look: object = {}) => {
    const watched = await watchedPage(browser as Browser, look);
    await watched.page.goto(`${baseUrl}${path}`);
    return watched;
  };
  const mainOf = (page: Page) => page.locator('main').innerText();

  it.each(LOOKS)('are readable in $colorScheme at $width pixels', { timeout: 120_000 }, async (look) => {
    const told: unknown[] = [];
    for (const [name, path] of Object.entries(paths)) {
      const { page, problems, close } = await open(path, look);
      told.push(...[name, await accessibilityProblems(page), await scrollsSideways(page), problems]);
      if (PICTURES !== undefined) {
        mkdirSync(PICTURES, { recursive: true });
        await page.screenshot({ path: `${PICTURES}/${name}-${look.colorScheme}-${look.width}.png`, fullPage: true });
      }
      await close();
    }
    expect(told).toEqual(Object.keys(paths).flatMap((name) => [name, [], false, []]));
  });

  it('say what is not known', async () => {
    const silent = await open(paths['no-data'] ?? '', { scripts: false });
    expect(await mainOf(silent.page)).toContain('No window had data: nothing is known of this config.');
    const failed = await open(paths.failed ?? '', { scripts: false });
    expect(await mainOf(failed.page)).toContain('It could not go on after 83 of 90 windows: ');
    await silent.close();
    await failed.close();
  });

  it('of a running one follow it, and cancel it', async () => {
    const { page, problems, close } = await open(paths.running ?? '');
    expect(await page.locator('progress').getAttribute('value')).toBe('83');
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect(await mainOf(page)).toContain('Canceled after 83 of 90 windows');
    expect(problems).toEqual([]);
    await close();
  });

  it('start one without a script, and show the way back', async () => {
    const { page, close } = await open(paths.form ?? '', { scripts: false });
    await page.getByLabel('Baseline', { exact: true }).fill('shop');
    await page.getByLabel('Canary', { exact: true }).fill('shop2');
    await page.getByLabel('Start', { exact: true }).fill(at(0));
    await page.getByLabel('End', { exact: true }).fill(at(4));
    await page.getByLabel('Length of a window').fill('soon');
    await page.getByRole('button', { name: 'Start the backtest' }).click();
    expect(await mainOf(page)).toContain('write a whole number of minutes');
    await page.getByLabel('Length of a window').fill('5h');
    await page.getByRole('button', { name: 'Start the backtest' }).click();
    expect(await mainOf(page)).toContain('the time from start to end has 240 minutes');
    await page.getByLabel('Length of a window').fill('1h');
    await page.getByLabel('WelchTJudge-v1.0').check();
    await page.getByLabel('Known changes').selectOption('none');
    await page.getByRole('button', { name: 'Start the backtest' }).click();
    const id = /backtests\/(.*)\.html$/.exec(page.url())?.[1] ?? '';
    await ended(id);
    const backtest = await read(id);
    expect(backtest).toMatchObject({ config: 'checkout', windows: { planned: 4 }, options: { changes: [] } });
    expect(backtest.options.judges).toEqual(['WelchTJudge-v1.0']);
    await page.reload();
    await page.getByRole('button', { name: 'Run again' }).click();
    const again = /backtests\/(.*)\.html$/.exec(page.url())?.[1] ?? '';
    expect(again).not.toBe(id);
    await ended(again);
    expect((await read(again)).report).toEqual(backtest.report);
    await page.reload();
    await page.getByRole('link', { name: 'Change and run again' }).click();
    expect(await page.getByLabel('Baseline', { exact: true }).inputValue()).toBe('shop');
    expect(await page.getByLabel('End', { exact: true }).inputValue()).toBe(at(4));
    expect(await page.getByLabel('WelchTJudge-v1.0').isChecked()).toBe(true);
    await page.getByRole('link', { name: 'checkout' }).click();
    expect(await page.locator('section[aria-labelledby="backtests"] tbody tr').count()).toBe(5);
    await page.getByRole('link', { name: 'All its backtests' }).click();
    expect(await page.locator('tbody tr').count()).toBeGreaterThan(5);
    await close();
  });

  it('show what the editor holds, unsaved', async () => {
    const { page, close } = await open(paths.edit ?? '');
    await page.getByRole('tab', { name: 'JSON' }).click();
    const json = page.locator('#json');
    await json.fill((await json.inputValue()).replace('"checkout"', '"tried-in-the-editor"'));
    const tab = page.context().waitForEvent('page');
    await page.getByRole('button', { name: 'Try it on the past' }).click();
    const form = await tab;
    await form.waitForLoadState();
    expect(await form.locator('h1').innerText()).toBe('Try tried-in-the-editor on the past');
    await form.getByLabel('Baseline', { exact: true }).fill('shop');
    await form.getByLabel('Canary', { exact: true }).fill('shop2');
    await form.getByLabel('Start', { exact: true }).fill(at(0));
    await form.getByLabel('End', { exact: true }).fill(at(2));
    await form.getByLabel('Known changes').selectOption('none');
    await form.getByRole('button', { name: 'Start the backtest' }).click();
    await form.waitForURL(/backtests\/.*\.html$/);
    expect(await form.locator('h1').innerText()).toBe('Backtest of tried-in-the-editor');
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Edit checkout');
    await close();
  });
});
