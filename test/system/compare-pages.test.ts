import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CanaryExecutionStatusResponse } from '../../src/domain/run.ts';
import {
  accessibilityProblems,
  LOOKS,
  requiredChromium,
  scrollsSideways,
  watchedPage,
} from '../support/http/browser.ts';
import { type PageService, shopConfig, shopRequest, startPageService } from '../support/http/page-service.ts';

const browser = await requiredChromium();

describe.runIf(browser)('the comparison of runs', () => {
  let service: PageService;
  let good: CanaryExecutionStatusResponse;
  let bad: CanaryExecutionStatusResponse;
  beforeAll(async () => {
    service = await startPageService();
    good = await service.judge(shopConfig(), shopRequest('v1', 'v1b'));
    bad = await service.judge(shopConfig(), shopRequest('v1', 'v2'));
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
  const sentenceOf = (run: CanaryExecutionStatusResponse, metric: string) =>
    run.result?.judgeResult.results.find(({ name }) => name === metric)?.evidence?.sentence ?? 'none';

  it('is reached by ticking two runs, and shows which metrics changed, with both sentences', async () => {
    const { page, problems, requests, close } = await open('/');
    const compare = page.getByRole('button', { name: 'Compare' });
    expect(await compare.isDisabled()).toBe(true);
    await page.locator(`input[value="${bad.pipelineId}"]`).check();
    await page.locator(`input[value="${good.pipelineId}"]`).check();
    await compare.click();
    expect(new URL(page.url()).search).toBe(`?a=${good.pipelineId}&b=${bad.pipelineId}`);
    expect(await page.locator('.lead').innerText()).toBe('100 Pass became 60 Fail; 1 of 3 metrics changed label.');
    const changed = page.locator('table[aria-labelledby="changed"] tbody tr');
    expect(await changed.count()).toBe(1);
    const text = await changed.innerText();
    for (const part of ['latency', 'Pass', 'High', sentenceOf(good, 'latency'), sentenceOf(bad, 'latency')]) {
      expect(text).toContain(part);
    }
    expect(await page.locator('table[aria-labelledby="same"] tbody tr').count()).toBe(2);
    expect(requests.filter((url) => !url.startsWith(service.baseUrl))).toEqual([]);
    expect(problems).toEqual([]);
    await close();
  });

  it('shows one run under two judges, as the API judges it', async () => {
    const { page, problems, close } = await open(`/compare?a=${bad.pipelineId}`, { scripts: false });
    await page.locator('select[name="judge"]').selectOption('WelchTJudge-v1.0');
    await page.getByRole('button', { name: 'Judge again' }).click();
    const pairs = await service.ask('GET', `/metricSetPairList/${bad.metricSetPairListId}`);
    const judged = (await service.ask('POST', '/judge', {
      canaryConfig: { ...bad.config, judge: { name: 'WelchTJudge-v1.0' } },
      scoreThresholds: bad.canaryExecutionRequest.thresholds,
      metricSetPairList: pairs,
    })) as { score: { score: number }; results: { evidence: { sentence: string } }[] };
    const b = page.locator('section[aria-label="B"]');
    expect(await b.locator('.number-line').innerText()).toBe(`${judged.score.score} of 100`);
    expect(await b.innerText()).toContain('WelchTJudge-v1.0');
    const table = await page.locator('main').innerText();
    for (const { evidence } of judged.results) expect(table).toContain(evidence.sentence);
    expect(problems).toEqual([]);
    await close();
  });

  it('says what is missing when there are not two runs to compare', async () => {
    const { page, close } = await open(`/compare?run=${bad.pipelineId}`);
    expect(await page.locator('main').innerText()).toContain('Choose two runs');
    await close();
  });

  it('compares a run that failed with one that did not', async () => {
    const [first] = shopConfig().metrics ?? [];
    const query = { type: 'prometheus', serviceType: 'prometheus', expr: 'broken' };
    const metrics = first === undefined ? [] : [{ ...first, name: '<b>latency</b>', query }];
    const failed = await service.judge(shopConfig({ metrics, name: '<i>x</i>' }), shopRequest());
    const { page, problems, close } = await open(`/compare?a=${failed.pipelineId}&b=${bad.pipelineId}`);
    expect(await page.locator('.lead').innerText()).toContain('No verdict became 60 Fail');
    expect(await page.locator('main').innerText()).toContain('<b>latency</b>');
    expect(await page.locator('main').innerText()).toContain('not in this run');
    expect(problems).toEqual([]);
    await close();
  });

  it.each(LOOKS)('is readable and reachable in $colorScheme at $width pixels', async (look) => {
    const { page, problems, close } = await open(`/compare?a=${good.pipelineId}&b=${bad.pipelineId}`, look);
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);
    expect(problems).toEqual([]);
    await close();
  });
});
