import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import type { BacktestAnswer } from '../../src/domain/backtest.ts';
import { instantMillis } from '../../src/domain/values/instant.ts';
import { fakeProvider, seriesOf } from '../support/fake-provider.ts';
import {
  accessibilityProblems,
  LOOKS,
  requiredChromium,
  scrollsSideways,
  watchedPage,
} from '../support/http/browser.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { drawsOf } from '../support/samples/random-series.ts';

const browser = await requiredChromium();
/** Where each look of the page is left to be looked at; absent: nowhere. */
const PICTURES = process.env.HALDANE_PICTURES;

const NOISE: Record<string, number> = { latency: 0.03, 'queue <b>length</b>': 0.8, apart: 0.02, silent: 0 };
const provider = fakeProvider((request) => {
  const { scope, side, metric } = request;
  const [from, to] = [instantMillis(scope.start ?? '') / 60_000, instantMillis(scope.end ?? '') / 60_000];
  const draws = drawsOf('page', side, metric.name ?? '', from);
  const values = Array.from({ length: to - from }, (_, t) => {
    if (metric.name === 'silent') return Number.NaN;
    // Every third hour the sides differ.
    const factor = metric.name === 'apart' && side === 'experiment' && Math.floor(t / 60) % 3 === 0 ? 1.2 : 1;
    return factor * 100 * Math.exp((NOISE[metric.name ?? ''] ?? 0) * draws.normal());
  });
  return [seriesOf(request, values)];
});

const window = { start: '2026-01-01T00:00:00Z', end: '2026-01-02T06:00:00Z', step: 60 };
const payload = {
  canaryConfig: {
    name: 'checkout <i>x</i>',
    judge: { name: 'NetflixACAJudge-v1.0' },
    metrics: Object.keys(NOISE).map((name) => ({
      name,
      groups: ['all'],
      scopeName: 'default',
      query: { type: 'fake', serviceType: 'fake', metricName: name },
      analysisConfigurations: { canary: { direction: 'increase' } },
    })),
    classifier: { groupWeights: { all: 100 } },
  },
  executionRequest: {
    scopes: { default: { controlScope: { scope: 'a', ...window }, experimentScope: { scope: 'b', ...window } } },
    thresholds: { pass: 95, marginal: 75 },
  },
  backtest: { windowMinutes: 60, judgements: 5000 },
};

describe.runIf(browser)('the page of a backtest', () => {
  let service: TestService;
  let baseUrl = '';
  let backtest: BacktestAnswer;
  beforeAll(async () => {
    service = await createTestService({ providers: [provider], judges: createJudges({}) });
    baseUrl = await service.http.listen({ port: 0, host: '127.0.0.1' });
    const started = await service.http.inject({ method: 'POST', url: '/canaryConfig/backtest', payload });
    const { backtestId } = started.json();
    for (;;) {
      backtest = (await service.http.inject(`/backtests/${backtestId}`)).json();
      if (backtest.complete) break;
      await sleep(100);
    }
  });
  afterAll(async () => {
    await service.close();
    await browser?.close();
  });
  const open = async (look: object, id = backtest.id) => {
    const watched = await watchedPage(browser as Browser, look);
    await watched.page.goto(`${baseUrl}/backtests/${id}.html`);
    return watched;
  };

  it('says what the API says, of every judge and metric', async () => {
    const { page, problems, requests, close } = await open({ scripts: false });
    const text = await page.locator('main').innerText();
    const { report } = backtest;
    expect(await page.locator('h1').innerText()).toBe('Backtest of checkout <i>x</i>');
    expect(text).toContain(`${report.judged} of 30 windows of 60 minutes had data`);
    const [own] = report.judges;
    expect(await page.locator('.lead').innerText()).toContain(
      `fails ${own?.falseAlarms.count} of ${own?.falseAlarms.of} windows`,
    );
    for (const { name, advice, judges } of report.metrics) {
      const heading = page.getByRole('heading', { level: 3, name, exact: true });
      const section = page.locator('details.backtest-metric', { has: heading });
      expect(await section.innerText()).toContain(advice.sentence);
      const [bySize, overTime] = [section.locator('.found-shares').nth(0), section.locator('.found-shares').nth(1)];
      const drawn = await bySize.locator('g > title').allTextContents();
      const expected = judges.flatMap(({ falseAlarms, changes }) =>
        [falseAlarms, ...changes.slice(0, 4).map(({ found }) => found)].flatMap(({ share, count, of }) =>
          share === undefined ? [] : [`${count} of ${of}`],
        ),
      );
      expect(drawn.map((words) => /\d+ of \d+/.exec(words)?.[0])).toEqual(expected);
      const times = judges[0]?.changes.slice(0, 4).flatMap(({ byTime }) => byTime) ?? [];
      const later = times.flatMap(({ minutes, found: { share, count, of } }) =>
        share === undefined ? [] : [`${minutes} min ${count} of ${of}`],
      );
      const told = expected.length === 0 ? [] : await overTime.locator('g > title').allTextContents();
      expect(told.map((words) => words.replace(/:.*?(\d+ of \d+).*/, ' $1'))).toEqual(later);
    }
    expect(report.metrics.map(({ advice }) => advice.action)).toEqual(['keep', 'lengthen', 'allow', 'drop']);
    for (const { start = '' } of own?.alarms ?? []) expect(text).toContain(start);
    for (const note of report.notes) expect(text).toContain(note);
    expect(requests.filter((url) => !url.startsWith(baseUrl))).toEqual([]);
    expect(problems).toEqual([]);
    await close();
  });

  it.each(LOOKS)('is readable in $colorScheme at $width pixels', async (look) => {
    const { page, problems, close } = await open(look);
    for (const details of await page.locator('details.more > summary').all()) await details.click();
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);
    expect(problems).toEqual([]);
    if (PICTURES !== undefined) {
      mkdirSync(PICTURES, { recursive: true });
      await page.screenshot({ path: `${PICTURES}/backtest-${look.colorScheme}-${look.width}.png`, fullPage: true });
    }
    await close();
  });

  it('of no backtest is a page that says so', async () => {
    const { page, close } = await open({}, 'none');
    expect(await page.locator('main').innerText()).toContain("No backtest 'none'");
    await close();
  });
});
