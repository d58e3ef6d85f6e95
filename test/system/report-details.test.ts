import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  accessibilityProblems,
  LOOKS,
  requiredChromium,
  scrollsSideways,
  watchedPage,
} from '../support/http/browser.ts';
import { SLOW_NOON, sampleConfig, sampleRequest } from '../support/samples/report-samples.ts';
import { type SampleService, startSampleService } from '../support/samples/sample-service.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const HOUR = 3_600_000;
const browser = await requiredChromium();

describe.runIf(browser)('reports', () => {
  let service: SampleService;
  beforeAll(async () => {
    service = await startSampleService();
  });
  afterAll(async () => {
    await browser?.close();
    await service.stop();
  });
  const open = async (path: string, options = {}) => {
    const watched = await watchedPage(browser as Browser, options);
    await watched.page.goto(path.startsWith('file:') ? path : service.baseUrl + path);
    return watched;
  };

  describe('of two hundred metrics', () => {
    let id = '';
    beforeAll(async () => {
      id = (await service.judge(sampleConfig(200))).pipelineId;
    });

    it('fetch the details of a metric when it is opened, once', async () => {
      const { page, problems, requests, close } = await open(`/reports/${id}`);
      await page.locator('#pass > summary').click();
      await page.locator('#m150 > summary').click();
      await page.locator('#m150 figure.joint .tools button').first().waitFor();
      await page.locator('#m150 > summary').click();
      await page.locator('#m150 > summary').click();
      expect(requests.filter((url) => url.endsWith('/metrics/m150?only=body'))).toHaveLength(1);
      await page.locator('#m150 .frame.lines').focus();
      expect(await page.locator('#m150 .legend b').first().innerText()).not.toBe('');
      expect(problems).toEqual([]);
      await close();
    });

    it('lead to the details where scripts are off', async () => {
      const { page, problems, close } = await open(`/reports/${id}`, { scripts: false });
      expect(await page.locator('#m150').isVisible()).toBe(false);
      await page.locator('#pass > summary').click();
      const name = await page.locator('#m150 .name').innerText();
      await page.locator('#m150 > summary').click();
      await page.locator('#m150 .body a').click();
      expect(await page.locator('h1').innerText()).toBe(name);
      expect(await page.locator('figure.joint path.arm').count()).toBe(3);
      expect(problems).toEqual([]);
      await page.locator('.trail a').click();
      expect(page.url()).toBe(`${service.baseUrl}/reports/${id}#m150`);
      await close();
    });

    it('show only those whose name or group is asked for', async () => {
      const { page, close } = await open(`/reports/${id}`);
      await page.locator('.filter input').fill('ZONE-77');
      expect(await page.locator('details.metric:visible').count()).toBe(1);
      expect(await page.locator('details.standing:visible').count()).toBe(1);
      await page.locator('.filter input').fill('');
      const unfolded = await page.locator('details.standing[open] details.metric').count();
      expect(unfolded).toBeGreaterThan(0);
      expect(await page.locator('details.metric:visible').count()).toBe(unfolded);
      await close();
    });

    it('are found by kind, by order and with the keys', async () => {
      const { page, problems, close } = await open(`/reports/${id}`);
      const names = () => page.locator('details.metric:visible .name').allInnerTexts();
      await page.locator('.chips a[href="#failure"]').click();
      const failures = await names();
      expect(failures.length).toBe(Number(await page.locator('#failure .count').innerText()));
      await page.getByLabel('Sort by').selectOption('name');
      expect(await names()).toEqual(failures.toSorted((one, other) => one.localeCompare(other)));
      await page.getByLabel('Sort by').selectOption('importance');
      expect(await names()).toEqual(failures);
      await page.locator('h1').click();
      for (const key of ['j', 'j', 'k']) await page.keyboard.press(key);
      expect(await page.evaluate('document.activeElement.parentElement.id')).toBe('m1');
      const isOpen = () => page.locator('#m1').getAttribute('open');
      expect(await isOpen()).toBe('');
      await page.keyboard.press('o');
      expect(await isOpen()).toBe(null);
      await page.keyboard.press('/');
      await page.keyboard.type('jok');
      expect(await page.locator('.filter input').inputValue()).toBe('jok');
      await page.keyboard.press('Escape');
      expect(await names()).toEqual(failures);
      expect(problems).toEqual([]);
      await close();
    });

    it('are divided by group where that is asked for, each folded where all of it passed', async () => {
      const { page, problems, close } = await open(`/reports/${id}`);
      const groups = await page.locator('table.groups tbody th').allInnerTexts();
      await page.getByRole('link', { name: 'by group' }).click();
      await page.waitForURL((url) => url.search === '?by=group', { waitUntil: 'load' });
      const headings = await page.locator('details.standing h3 bdi').allInnerTexts();
      expect(headings.toSorted()).toEqual(groups.toSorted());
      expect(await page.locator('details.metric').count()).toBe(200);
      for (const section of await page.locator('details.standing').all()) {
        const failed = await section.locator('details.failure, details.critical-failure, details.no-data').count();
        expect((await section.getAttribute('open')) !== null).toBe(failed > 0);
      }
      await page.getByRole('link', { name: 'by outcome' }).click();
      await page.waitForURL((url) => url.search === '?by=outcome', { waitUntil: 'load' });
      expect(await page.locator('#failure').count()).toBe(1);
      expect(problems).toEqual([]);
      await close();
      expect((await fetch(`${service.baseUrl}/reports/${id}?by=color`)).status).toBe(400);
    });

    it('are there within two seconds, and no bigger than a photo', async () => {
      const begin = performance.now();
      const text = await (await fetch(`${service.baseUrl}/reports/${id}`)).text();
      expect(performance.now() - begin).toBeLessThan(2000);
      expect(Buffer.byteLength(text)).toBeLessThan(1.2 * 2 ** 20);
    });
  });

  describe('of a metric', () => {
    let id = '';
    beforeAll(async () => {
      id = (await service.judge(sampleConfig(3), sampleRequest(64))).pipelineId;
    });
    const values = async (page: Page) => page.locator('#m2 .frame.lines').getAttribute('aria-valuetext');

    it('are read off and zoomed with the keys of a slider, and told to those who hear the page', async () => {
      const { page, problems, close } = await open(`/reports/${id}#m2`);
      const slider = page.getByRole('slider', { name: /latency, 95th percentile over 64 points/ });
      await slider.focus();
      expect(await values(page)).toMatch(/^2026-01-01 12:00:00 UTC, change .*, baseline [\d.]+ ms, canary [\d.]+ ms$/);
      for (const key of ['ArrowRight', 'ArrowRight', 'PageUp']) await page.keyboard.press(key);
      expect(await slider.getAttribute('aria-valuenow')).toBe('9');
      const view = () => page.locator('#m2 .plot.lines').getAttribute('viewBox');
      const spread = () => page.locator('#m2 .plot.spread').getAttribute('viewBox');
      const [whole, wholeSpread] = [await view(), await spread()];
      await page.keyboard.press('+');
      expect(await view()).not.toBe(whole);
      expect(await spread()).not.toBe(wholeSpread);
      expect(await page.locator('#m2 .axis.time text').count()).toBeGreaterThan(2);
      await page.keyboard.press('Escape');
      expect([await view(), await spread()]).toEqual([whole, wholeSpread]);
      expect(problems).toEqual([]);
      await close();
    });

    it('have queries to copy, and lead into the store', async () => {
      const { page, close } = await open(`/reports/${id}#m1`);
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await page.locator('#m1 button.copy').first().click();
      const copied = await page.evaluate<string>('navigator.clipboard.readText()');
      expect(copied).toBe(await page.locator('#m1 .query code').first().innerText());
      expect(copied).toContain('version="v41"');
      const link = await page.locator('#m1 .query a').first().getAttribute('href');
      expect(new URL(link ?? '').searchParams.get('g0.expr')).toBe(copied);
      await close();
    });

    it('have the same drawings on the page and in the file, scripts or none', async () => {
      const file = join(temporaryDirectory(), 'report.html');
      writeFileSync(file, await (await fetch(`${service.baseUrl}/reports/${id}.html`)).text());
      const drawings: string[] = [];
      for (const path of [`/reports/${id}`, pathToFileURL(file).href]) {
        for (const scripts of [true, false]) {
          const { page, close } = await open(path, { scripts });
          const paths = await page
            .locator('main svg path')
            .evaluateAll((all) => all.map((one) => one.getAttribute('d')));
          drawings.push(paths.join('\n'));
          await close();
        }
      }
      expect(drawings[0]?.split('\n').length).toBeGreaterThan(40);
      expect(new Set(drawings).size).toBe(1);
    });

    it('can be zoomed in the file, too', async () => {
      const file = join(temporaryDirectory(), 'report.html');
      writeFileSync(file, await (await fetch(`${service.baseUrl}/reports/${id}.html`)).text());
      const { page, problems, requests, close } = await open(`${pathToFileURL(file).href}#m1`);
      await page.locator('#m1').getByRole('button', { name: 'Zoom in' }).click();
      await page.locator('#m1').getByRole('button', { name: 'Whole window' }).click();
      expect([problems, requests]).toEqual([[], [pathToFileURL(file).href]]);
      await close();
    });
  });

  describe('of an analysis', () => {
    let id = '';
    beforeAll(async () => {
      id = await service.analyse(sampleConfig(20), {
        startTimeIso: new Date(SLOW_NOON).toISOString(),
        endTimeIso: new Date(SLOW_NOON + 5 * HOUR).toISOString(),
        analysisIntervalMins: 20,
        lookbackMins: 60,
        thresholds: { pass: 95, marginal: 80 },
      });
    });

    it('show the verdict and every score of the API, each leading to its run', async () => {
      const { canaryAnalysisExecutionResult: result } = await service.analysed(id);
      const { page, problems, requests, close } = await open(`/reports/${id}`);
      expect(await page.locator('h1').innerText()).toMatch(result?.didPassThresholds ? /^Pass/ : /^Fail/);
      expect(await page.locator('.headline').innerText()).toContain(result?.canaryScoreMessage);
      const scores = await page
        .locator('.intervals data')
        .evaluateAll((all) => all.map((one) => one.getAttribute('value')));
      expect(scores.map(Number)).toEqual(result?.canaryScores);
      expect(scores.length).toBeGreaterThan(3);
      await page.locator('.scores a').last().click();
      expect(page.url()).toBe(`${service.baseUrl}/reports/${result?.canaryExecutionResults.at(-1)?.executionId}`);
      expect(requests.filter((url) => !url.startsWith(service.baseUrl))).toEqual([]);
      expect(problems).toEqual([]);
      await close();
    });

    it.each(LOOKS)('keep nobody out, in $colorScheme and $width pixels wide', async (look) => {
      await service.analysed(id);
      const { page, close } = await open(`/reports/${id}`, look);
      expect(await accessibilityProblems(page)).toEqual([]);
      expect(await scrollsSideways(page)).toBe(false);
      await close();
    });

    it('show the series of what failed in each interval, each leading to its run', async () => {
      const { canaryAnalysisExecutionResult: result } = await service.analysed(id);
      const last = result?.canaryExecutionResults.at(-1);
      const failed = (last?.result?.judgeResult.results ?? []).filter(
        ({ classification, muted }) => !muted && ['High', 'Low'].includes(classification),
      );
      const { page, close } = await open(`/reports/${id}`);
      const names = await page.locator('.over-intervals h3 bdi').allInnerTexts();
      for (const { name } of failed) expect(names).toContain(name);
      const intervals = Math.min(12, result?.canaryScores.length ?? 0);
      for (const shown of await page.locator('.over-intervals ol').all())
        expect(await shown.locator('svg path.experiment').count()).toBe(intervals);
      await page.locator('.over-intervals a').last().click();
      expect(page.url()).toBe(`${service.baseUrl}/reports/${last?.executionId}`);
      await close();
    });

    it('that goes on tell how far it is and how long it will take, and end with it', async () => {
      const running = await service.analyse(sampleConfig(2), {
        startTimeIso: new Date(SLOW_NOON).toISOString(),
        lifetimeDurationMins: 30,
        analysisIntervalMins: 10,
        thresholds: { pass: 95, marginal: 80 },
      });
      const { page, close } = await open(`/reports/${running}`);
      expect(await page.locator('.headline').innerText()).toMatch(/^0 of 3 intervals judged. About 30 min left.$/);
      expect(await page.locator('.scores .to-come').count()).toBe(3);
      await fetch(`${service.baseUrl}/standalone_canary_analysis/${running}/cancel`, { method: 'PUT' });
      await page.getByRole('heading', { name: 'Canceled' }).waitFor({ timeout: 10_000 });
      await close();
    });
  });
});
