import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CanaryExecutionStatusResponse } from '../../src/domain/run.ts';
import { accessibilityProblems, LOOKS, requiredChromium, watchedPage } from '../support/http/browser.ts';
import { sampleConfig, sampleRequest } from '../support/samples/report-samples.ts';
import { type SampleService, startSampleService } from '../support/samples/sample-service.ts';

const STORES_WORDS = 'the store is being upgraded, come back later';
const REFUSAL = 'parse error: unclosed left parenthesis';
const browser = await requiredChromium();

describe.runIf(browser)('a report without a verdict', () => {
  let service: SampleService;
  beforeAll(async () => {
    service = await startSampleService(9);
  });
  afterAll(async () => {
    await browser?.close();
    await service.stop();
  });
  const open = async (path: string, options = {}) => {
    const watched = await watchedPage(browser as Browser, options);
    await watched.page.goto(service.baseUrl + path);
    return watched;
  };
  const statusOf = async (id: string) =>
    (await (await fetch(`${service.baseUrl}/canary/${id}`)).json()) as CanaryExecutionStatusResponse;

  it('says what its queries wait for, once, with the query, and goes on when the store is back', async () => {
    service.store.away = true;
    const id = await started(service);
    const waiting = await waitingOf(() => statusOf(id));
    expect(waiting).toMatchObject({ queries: 8, reason: expect.stringContaining(STORES_WORDS) });
    for (const look of LOOKS) {
      const { page, close } = await open(`/reports/${id}`, look);
      const text = await page.locator('main').innerText();
      expect(text.split(STORES_WORDS)).toHaveLength(2);
      expect(await page.locator('.headline').innerText()).toBe(
        'The run is under way; 8 queries wait to be sent again.',
      );
      expect(await page.locator('.notice pre').innerText()).toContain('version="v41"');
      expect(await accessibilityProblems(page)).toEqual([]);
      await close();
    }
    const plain = await (await fetch(`${service.baseUrl}/reports/${id}`, { headers: { accept: 'text/html' } })).text();
    expect(plain).toContain('<noscript><meta http-equiv="refresh"');
    const { page, close } = await open(`/reports/${id}`);
    service.store.away = false;
    await page.locator('p.score data').waitFor({ timeout: 60_000 });
    expect(await page.locator('.notice').count()).toBe(0);
    const ended = await statusOf(id);
    expect(ended.waiting).toBe(undefined);
    expect(await page.locator('p.score data').getAttribute('value')).toBe(
      String(ended.result?.judgeResult.score.score),
    );
    await close();
  });

  it('says why it has none, once, with the query', async () => {
    service.store.broken = true;
    const { pipelineId, exception } = await service.judge(sampleConfig(2), sampleRequest(61));
    service.store.broken = false;
    expect(exception?.details.errors.join()).toContain(REFUSAL);
    const { page, problems, close } = await open(`/reports/${pipelineId}`);
    expect((await page.locator('main').innerText()).split(REFUSAL)).toHaveLength(2);
    expect(await page.locator('.notice pre').innerText()).toContain('http_request_duration_seconds');
    await page.locator('.notice .asked a').click();
    expect(await page.locator('#m1').getAttribute('open')).toBe('');
    expect(problems).toEqual([]);
    await close();
  });
});

/** @returns the id of a run that is not waited for */
async function started({ baseUrl }: SampleService): Promise<string> {
  const body = JSON.stringify({ canaryConfig: sampleConfig(4), executionRequest: sampleRequest(60) });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${baseUrl}/canary?application=shop`, { method: 'POST', headers, body });
  return ((await answer.json()) as { canaryExecutionId: string }).canaryExecutionId;
}

/** What all queries wait for, once they do. */
async function waitingOf(status: () => Promise<CanaryExecutionStatusResponse>) {
  for (;;) {
    const [first] = (await status()).waiting ?? [];
    if (first?.queries === 8) return first;
    await sleep(50);
  }
}
