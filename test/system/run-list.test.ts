import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CanaryExecutionStatusResponse } from '../../src/domain/run.ts';
import { createGate } from '../support/gate.ts';
import {
  accessibilityProblems,
  LOOKS,
  requiredChromium,
  scrollsSideways,
  watchedPage,
} from '../support/http/browser.ts';
import { type PageService, shopConfig, shopRequest, startPageService } from '../support/http/page-service.ts';

const browser = await requiredChromium();
const HOSTILE = '<script>document.title="owned"</script>';

describe.runIf(browser)('the list of runs', () => {
  let service: PageService;
  beforeAll(async () => {
    service = await startPageService();
  });
  afterAll(async () => {
    await service.stop();
    await browser?.close();
  });
  const open = async (path: string, look = {}) => {
    const watched = await watchedPage(browser as Browser, look);
    await watched.page.goto(service.baseUrl + path);
    return watched;
  };

  it('leads a newcomer to a verdict by one button', async () => {
    const fresh = await startPageService();
    const { page, problems, close } = await watchedPage(browser as Browser);
    await page.goto(fresh.baseUrl);
    await page.getByRole('button', { name: 'Judge the sample' }).click();
    await page.locator('.head h1', { hasText: 'Fail' }).waitFor();
    // The report stops following the run when it has ended.
    expect(problems.filter((problem) => !/\/events net::ERR_ABORTED$/.test(problem))).toEqual([]);
    await close();
    await fresh.stop();
  });

  it('tells a newcomer what to do, and shows the run of the request it offers', async () => {
    const { page, problems, close } = await open('/');
    await page.getByText('The same from a terminal').click();
    const command = (await page.locator('.first pre').innerText()).replaceAll('\\\n', '');
    const body = /-d '(.*)'$/s.exec(command)?.[1] ?? '';
    const run = (await service.ask('POST', '/canary?wait=30s', JSON.parse(body))) as { pipelineId: string };
    await page.reload();
    expect((await page.locator(`tr[data-id="${run.pipelineId}"] .badge`).innerText()).trim()).toBe('Fail');
    expect(problems).toEqual([]);
    await close();
  });

  it('shows what the API says, and narrows it to what is asked for', async () => {
    const bad = await service.judge(shopConfig(), shopRequest(), 'narrow');
    const good = await service.judge(shopConfig(), shopRequest('v1', 'v1b'), 'narrow');
    const { page, problems, requests, close } = await open('/');
    await page.locator('input[name="application"]').fill('narrow');
    await page.locator('tr[data-id]').nth(2).waitFor({ state: 'detached' });
    const row = page.locator(`tr[data-id="${bad.pipelineId}"]`);
    const { score, classification } = bad.result?.judgeResult.score ?? {};
    expect((await row.locator('.verdict-cell .badge').innerText()).trim()).toBe(classification);
    expect(await row.locator('.score-cell b').innerText()).toBe(String(score));
    expect(await row.locator('.verdict-cell a').getAttribute('href')).toBe(`/reports/${bad.pipelineId}`);
    expect(await page.locator('tr[data-id]').count()).toBe(2);
    await page.locator('select[name="verdict"]').selectOption('Pass');
    await page.locator('tr[data-id]').nth(1).waitFor({ state: 'detached' });
    const ids = await page.locator('tr[data-id]').evaluateAll((rows) => rows.map((one) => one.getAttribute('data-id')));
    expect(ids).toEqual([good.pipelineId]);
    expect(new URL(page.url()).search).toContain('verdict=Pass');
    expect(requests.filter((url) => !url.startsWith(service.baseUrl))).toEqual([]);
    expect(problems).toEqual([]);
    await close();
  });

  it('is narrowed by a button without scripts', async () => {
    await service.judge(shopConfig(), shopRequest(), 'by-hand');
    const { page, close } = await open('/', { scripts: false });
    await page.locator('input[name="application"]').fill('by-hand');
    await page.getByRole('button', { name: 'Filter' }).click();
    expect(new URL(page.url()).searchParams.get('application')).toBe('by-hand');
    expect(await page.locator('tr[data-id]').count()).toBe(1);
    await close();
  });

  it('shows trends and accounts as the API has them', async () => {
    const id = await service.storeConfig({ name: 'trending' });
    const judge = (experiment: string) =>
      service.ask('POST', `/canary/${id}?wait=30s&application=trends`, shopRequest('v1', experiment));
    const runs = (await Promise.all(['v1b', 'v2', 'v1b'].map(judge))) as CanaryExecutionStatusResponse[];
    const passed = runs.filter(({ result }) => result?.judgeResult.score.classification === 'Pass').length;
    const { page, problems, close } = await open('/?application=trends');
    // The first look at the page asks the accounts.
    await service.ask('GET', '/health?deep=true');
    await page.reload();
    expect(await page.locator('.trends li').innerText()).toContain(
      `${Math.floor((passed / 3) * 100)} % passed ${passed} of 3`,
    );
    expect(await page.locator('#accounts summary').innerText()).toMatch(
      /Metrics accounts: all answer, checked .* (ago|now)/,
    );
    await page.locator('.trend-name').click();
    await page.waitForURL(`**/configs/${id}`);
    expect(problems).toEqual([]);
    await close();
  });

  it('works without scripts, page by page, each run once', async () => {
    const config = shopConfig({ metrics: shopConfig().metrics?.slice(0, 1) ?? [] });
    const started = await Promise.all(Array.from({ length: 30 }, () => service.judge(config, shopRequest(), 'paged')));
    const { page, close } = await open('/?application=paged', { scripts: false });
    const seen: string[] = [];
    for (;;) {
      seen.push(
        ...(await page
          .locator('input[name="run"]')
          .evaluateAll((all) => all.map((box) => box.getAttribute('value') ?? ''))),
      );
      if ((await page.getByRole('link', { name: 'Older →' }).count()) === 0) break;
      await page.getByRole('link', { name: 'Older →' }).click();
    }
    expect(seen).toHaveLength(30);
    expect(new Set(seen)).toEqual(new Set(started.map(({ pipelineId }) => pipelineId)));
    await close();
  });

  it('follows a run that goes on until it has its verdict, and keeps what was ticked', async () => {
    const ended = await service.judge(shopConfig(), shopRequest(), 'followed');
    const answers = createGate();
    service.shop.holds = answers.pass();
    const request = { canaryConfig: shopConfig(), executionRequest: shopRequest('v3', 'v2') };
    const { canaryExecutionId: id } = (await service.ask('POST', '/canary?application=followed', request)) as {
      canaryExecutionId: string;
    };
    const { page, problems, close } = await open('/?application=followed');
    const verdict = page.locator(`tr[data-id="${id}"] .verdict-cell`);
    const badge = verdict.locator('.badge');
    expect(await verdict.innerText()).toMatch(/Running|Waiting/);
    await page.locator(`input[value="${ended.pipelineId}"]`).check();
    answers.open();
    await page.locator(`tr[data-id="${id}"][data-complete="true"]`).waitFor();
    expect((await badge.innerText()).trim()).toBe('Fail');
    expect(await page.locator('#news').innerText()).toBe('checkout has ended: Fail.');
    expect(await page.locator(`input[value="${ended.pipelineId}"]`).isChecked()).toBe(true);
    expect(problems).toEqual([]);
    await close();
  });

  it('lists analyses with the scores of their intervals', async () => {
    const id = await service.storeConfig({ name: 'analysed' });
    const scope = { scopeName: 'default', controlScope: 'v1', experimentScope: 'v1b', step: 60 };
    const window = { startTimeIso: '2026-01-01T12:00:00Z', endTimeIso: '2026-01-01T14:00:00Z' };
    await service.ask('POST', `/standalone_canary_analysis/${id}?application=analysed`, {
      scopes: [{ ...scope, ...window }],
      thresholds: { pass: 95, marginal: 75 },
      analysisIntervalMins: 60,
    });
    const { page, problems, close } = await open('/?show=analyses&application=analysed');
    await page.locator('tr[data-complete="true"]').waitFor();
    expect(await page.locator('tr[data-id] .score-cell b').innerText()).toBe('100');
    expect(await page.locator('tr[data-id] .score-cell svg').getAttribute('aria-label')).toContain(': 100, 100');
    expect(problems).toEqual([]);
    await close();
  });

  it('shows hostile names as text', async () => {
    await service.judge(shopConfig({ name: HOSTILE }), shopRequest('\u202egnp.exe', 'x'.repeat(300)), HOSTILE);
    const { page, problems, close } = await open(`/?application=${encodeURIComponent(HOSTILE)}`);
    expect(await page.locator('tr[data-id] .name').innerText()).toBe(HOSTILE);
    expect(await page.locator('tr[data-id] .application').innerText()).toBe(HOSTILE);
    expect(await page.title()).toBe('Runs · Haldane');
    expect(await scrollsSideways(page)).toBe(false);
    expect(problems).toEqual([]);
    await close();
  });

  it.each(LOOKS)('is readable and reachable in $colorScheme at $width pixels', async (look) => {
    for (const path of ['/', '/?show=analyses', '/?application=nobody']) {
      const { page, problems, close } = await open(path, look);
      expect(await accessibilityProblems(page)).toEqual([]);
      expect(await scrollsSideways(page)).toBe(false);
      expect(problems).toEqual([]);
      await close();
    }
  });

  it('answers an unreadable filter with a page that says why', async () => {
    const { page, close } = await open('/?from=yesterday');
    expect(await page.locator('main').innerText()).toContain("from: 'yesterday' is not a day; write it as 2026-01-31");
    await close();
  });
});
