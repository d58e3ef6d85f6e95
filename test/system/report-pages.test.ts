import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CanaryConfig } from '../../src/domain/canary-config.ts';
import type { CanaryExecutionStatusResponse } from '../../src/domain/run.ts';
import { createGate } from '../support/gate.ts';
import {
  accessibilityProblems,
  LOOKS,
  requiredChromium,
  scrollsSideways,
  watchedPage,
} from '../support/http/browser.ts';
import { type ServiceProcess, startService } from '../support/http/service-process.ts';
import { sampleConfig, sampleRequest } from '../support/samples/report-samples.ts';
import { type SampleStore, startSampleStore } from '../support/samples/sample-store.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** In the unit of the config's query. */
const FACTORS: Readonly<Record<string, number>> = { ms: 1e-3, '%': 1e-2 };
const shownValue = (text: string) => Number.parseFloat(text) * (FACTORS[text.trim().split(' ')[1] ?? ''] ?? 1);

const browser = await requiredChromium();
const HOSTILE = '<script>document.title="owned"</script>';
const RIGHT_TO_LEFT = 'زمن الاستجابة';

describe.runIf(browser)('the report of a run', () => {
  let store: SampleStore;
  let service: ServiceProcess;
  beforeAll(async () => {
    store = await startSampleStore();
    const dataDir = temporaryDirectory();
    const file = join(dataDir, 'haldane.yml');
    const account = { name: 'prom', type: 'prometheus', endpoint: { baseUrl: store.baseUrl } };
    const metrics = { retry: { attempts: 1 } };
    writeFileSync(file, JSON.stringify({ dataDir, metrics, accounts: [account] }));
    service = await startService({ HALDANE_CONFIG: file, HALDANE_PORT: '0' });
  });
  afterAll(async () => {
    await browser?.close();
    await service.stop();
    await store.stop();
  });

  async function judge(config: CanaryConfig, points = 60, more: object = {}): Promise<CanaryExecutionStatusResponse> {
    const answer = await fetch(`${service.baseUrl}/canary?wait=60s&application=shop`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ canaryConfig: config, executionRequest: { ...sampleRequest(points), ...more } }),
    });
    return (await answer.json()) as CanaryExecutionStatusResponse;
  }
  const open = async (path: string, look = {}) => {
    const watched = await watchedPage(browser as Browser, look);
    await watched.page.goto(path.startsWith('file:') ? path : service.baseUrl + path);
    return watched;
  };
  const firstMetric = async (page: Page) => {
    const metric = page.locator('details.metric').first();
    if ((await metric.getAttribute('open')) === null) await metric.locator('summary').click();
    await metric.locator('figure.joint').waitFor();
    return metric;
  };

  it('shows the verdict and the numbers of the API, what matters first', async () => {
    const { pipelineId, result } = await judge(sampleConfig(20));
    const { page, problems, requests, close } = await open(`/reports/${pipelineId}`);
    const { score, classification } = result?.judgeResult.score ?? {};
    expect(await page.locator('h1').innerText()).toContain(classification);
    expect(await page.locator('.score data').getAttribute('value')).toBe(String(score));
    expect(await page.locator('details.metric').count()).toBe(result?.judgeResult.results.length);
    const groups = await page.locator('table.groups tbody tr th').allInnerTexts();
    expect(groups.toSorted()).toEqual(result?.judgeResult.groupScores.map(({ name }) => name).toSorted());
    const failed = result?.judgeResult.results.filter(({ classification: label }) => label === 'High') ?? [];
    const first = await page.locator('details.metric .name').first().innerText();
    expect(failed.map(({ name }) => name)).toContain(first);
    const metric = await firstMetric(page);
    const judged = failed.find(({ name }) => name === first);
    expect(await metric.textContent()).toContain(judged?.evidence?.sentence);
    const { mean } = judged?.experimentMetadata.stats ?? { mean: Number.NaN };
    const percent = /→ ([\d.]+) %/.exec(await metric.locator('.averages').innerText())?.[1];
    expect(Number(percent) / 100 / mean).toBeCloseTo(1, 2);
    expect(requests.filter((url) => !url.startsWith(service.baseUrl))).toEqual([]);
    expect(problems).toEqual([]);
    await close();
  });

  it('reads both sides under the pointer, and zooms with the pointer, keys and buttons', async () => {
    const { pipelineId, metricSetPairListId } = await judge(sampleConfig(3));
    const pairs = (await (await fetch(`${service.baseUrl}/metricSetPairList/${metricSetPairListId}`)).json()) as {
      name: string;
      values: { control: number[]; experiment: number[] };
    }[];
    const { page, problems, close } = await open(`/reports/${pipelineId}`);
    const metric = await firstMetric(page);
    const name = await metric.locator('.name').first().innerText();
    const frame = metric.locator('.frame.lines');
    await frame.scrollIntoViewIfNeeded();
    const box = await frame.boundingBox();
    if (box === null) throw new Error('the chart has no place');
    await page.mouse.move(box.x + (30.5 / 60) * box.width, box.y + box.height / 2);
    const shown = (await metric.locator('.legend b').allInnerTexts()).map(shownValue);
    const values = pairs.find((pair) => pair.name === name)?.values;
    for (const [side, value] of [values?.control[30], values?.experiment[30]].entries()) {
      expect(Math.abs((shown[side] ?? 0) / (value ?? 1) - 1)).toBeLessThan(0.01);
    }
    const view = () => frame.locator('svg').getAttribute('viewBox');
    /** Where the first point is drawn. */
    const height = async () =>
      Number(/^m0[ ,](\d+)/i.exec((await frame.locator('path.control').first().getAttribute('d')) ?? '')?.[1]);
    const [whole, first] = [await view(), await height()];
    await page.mouse.move(box.x + box.width * 0.2, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + 40, { steps: 5 });
    await page.mouse.up();
    expect(await view()).not.toBe(whole);
    await metric.getByRole('button', { name: 'Whole window' }).click();
    expect(await view()).toBe(whole);
    expect(Math.abs((await height()) - first)).toBeLessThanOrEqual(1);
    await frame.focus();
    await page.keyboard.press('ArrowRight');
    expect((await metric.locator('.legend b').first().innerText()).trim()).not.toBe('');
    expect(problems).toEqual([]);
    await close();
  });

  it('keeps hostile names text, and is as wide as the window', async () => {
    const config = sampleConfig(3);
    const names = [HOSTILE, RIGHT_TO_LEFT, 'long '.repeat(60).trim()];
    const metrics = config.metrics?.map((metric, index) => ({ ...metric, name: names[index] ?? '' })) ?? [];
    const { pipelineId } = await judge({ ...config, metrics });
    for (const look of LOOKS) {
      const { page, problems, close } = await open(`/reports/${pipelineId}`, look);
      expect(await page.title()).not.toBe('owned');
      expect(await page.locator('details.metric .name').allInnerTexts()).toContain(HOSTILE);
      expect(await scrollsSideways(page)).toBe(false);
      expect(problems).toEqual([]);
      await close();
    }
  });

  it('keeps nobody out', async () => {
    const { pipelineId } = await judge(sampleConfig(20));
    for (const look of LOOKS) {
      const { page, close } = await open(`/reports/${pipelineId}`, look);
      await firstMetric(page);
      expect(await accessibilityProblems(page)).toEqual([]);
      await close();
    }
  });

  it('shows which history was the baseline, readable and as wide as the window', async () => {
    const past = { baseline: { kind: 'earlier', offsets: [1440, 2880, 4320] }, trafficPercent: 50 };
    const config = { ...sampleConfig(5), judge: { name: 'HaldaneJudge-v1.0' } };
    const { pipelineId } = await judge(config, 61, past);
    for (const look of LOOKS) {
      const { page, problems, close } = await open(`/reports/${pipelineId}`, look);
      const facts = await page.locator('main').innerText();
      expect(facts).toContain('baseline (newest of 3) 2025-12-31 12:00');
      expect(facts).toContain('3 days earlier, 2025-12-29 12:00');
      expect(await accessibilityProblems(page)).toEqual([]);
      expect(await scrollsSideways(page)).toBe(false);
      expect(problems).toEqual([]);
      await close();
    }
  });

  it('shows the same in a file of less than 2 MB that opens from a disk, with scripts on and off', async () => {
    const { pipelineId } = await judge(sampleConfig(20), 1440);
    const text = await (await fetch(`${service.baseUrl}/reports/${pipelineId}.html`)).text();
    expect(Buffer.byteLength(text)).toBeLessThan(2 * 1024 * 1024);
    const file = join(temporaryDirectory(), 'report.html');
    writeFileSync(file, text);
    const served = await open(`/reports/${pipelineId}`);
    const path = async (page: Page) => {
      const metric = await firstMetric(page);
      return metric.locator('.frame.lines path.control').first().getAttribute('d');
    };
    const [sparks, drawn] = [await served.page.locator('summary svg').count(), await path(served.page)];
    await served.close();
    for (const scripts of [true, false]) {
      const { page, problems, requests, close } = await open(pathToFileURL(file).href, { scripts });
      expect(await page.locator('summary svg').count()).toBe(sparks);
      expect(await path(page)).toBe(drawn);
      expect(requests.filter((url) => !url.startsWith('file:'))).toEqual([]);
      expect(problems).toEqual([]);
      await close();
    }
  });

  it('of a run that failed says where and why, and of none that there is none', async () => {
    store.broken = true;
    // Another window than before: answers are kept for a minute.
    const { pipelineId, status } = await judge(sampleConfig(2), 62);
    store.broken = false;
    expect(status).toBe('terminal');
    const { page, problems, close } = await open(`/reports/${pipelineId}`);
    expect(await page.locator('main').innerText()).toContain('unclosed left parenthesis');
    expect(problems).toEqual([]);
    await page.goto(`${service.baseUrl}/reports/nobody`);
    expect(await page.locator('main').innerText()).toContain('nobody');
    await close();
  });

  it('follows a run that goes on until it has its verdict', async () => {
    const answers = createGate();
    store.holds = answers.pass();
    const answer = await fetch(`${service.baseUrl}/canary?application=shop`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ canaryConfig: sampleConfig(4), executionRequest: sampleRequest(61) }),
    });
    const { canaryExecutionId } = (await answer.json()) as { canaryExecutionId: string };
    const { page, problems, close } = await open(`/reports/${canaryExecutionId}`);
    expect(await page.locator('h1').innerText()).toMatch(/running|under way|waiting/i);
    answers.open();
    await page.locator('.score data').waitFor({ timeout: 20_000 });
    expect(await page.locator('h1').innerText()).toMatch(/Pass|Marginal|Fail/);
    // The page leaves its event stream when it shows the verdict.
    expect(problems.filter((problem) => !problem.includes('/events '))).toEqual([]);
    await close();
  });
});
