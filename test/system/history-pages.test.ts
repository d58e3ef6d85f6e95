import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatChange, formatNumber } from '../../src/reports/format.ts';
import type { RunReport } from '../../src/reports/run-report.ts';
import {
  accessibilityProblems,
  LOOKS,
  requiredChromium,
  scrollsSideways,
  watchedPage,
} from '../support/http/browser.ts';
import { SLOW_NOON, sampleConfig, sampleRequest } from '../support/samples/report-samples.ts';
import { type SampleService, startSampleService } from '../support/samples/sample-service.ts';

const HOUR = 3_600_000;
/** From before what goes wrong until it has. */
const HOURS = [-3, 0, 1, 3, 5];
const browser = await requiredChromium();

describe.runIf(browser)('the history of a config', () => {
  let service: SampleService;
  let config = '';
  const runs: string[] = [];
  const reports: RunReport[] = [];
  beforeAll(async () => {
    service = await startSampleService();
    config = await service.storeConfig({ ...sampleConfig(20), name: 'every-release' });
    for (const hours of HOURS) {
      const { pipelineId } = await service.judgeWith(config, windowAt(hours));
      runs.push(pipelineId);
      const answer = await fetch(`${service.baseUrl}/reports/${pipelineId}.json`);
      reports.push((await answer.json()) as RunReport);
    }
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
  const effectOf = (report: RunReport | undefined, name: string) =>
    report?.metrics.find((metric) => metric.name === name)?.effect?.change ?? Number.NaN;

  it('shows the score of every run, each leading to its report, and the change of each metric', async () => {
    const { page, problems, requests, close } = await open(`/configs/${config}/history`);
    const links = await page.locator('.score-strip a').evaluateAll((all) => all.map((one) => one.getAttribute('href')));
    expect(links).toEqual(runs.map((id) => `/reports/${id}`));
    const words = await page
      .locator('.score-strip a')
      .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
    for (const [place, { score = Number.NaN, verdict }] of reports.entries())
      expect(words[place]).toContain(`${formatNumber(score)} ${verdict}, `);
    const names = await page.locator('table.history tbody th').allInnerTexts();
    expect(names).toHaveLength(1 + 20);
    for (const [place, name] of names.entries()) {
      if (place === 0) continue;
      const change = effectOf(reports.at(-1), name);
      const failed = reports.filter(({ metrics }) =>
        metrics.some((metric) => metric.name === name && ['High', 'Low'].includes(metric.classification ?? '')),
      );
      const row = page.locator('table.history tbody tr').nth(place);
      if (Number.isFinite(change)) expect(await row.locator('strong').innerText()).toBe(formatChange(change));
      expect(await row.locator('td').last().innerText()).toBe(`${failed.length} of ${runs.length}`);
    }
    expect(problems).toEqual([]);
    expect(requests.filter((url) => !url.startsWith(service.baseUrl))).toEqual([]);
    await close();
  });

  it('is reached from the report, the config and the metric, which shows its own part', async () => {
    const last = runs.at(-1);
    const { page, problems, close } = await open(`/reports/${last}`);
    await page.getByRole('link', { name: 'Each metric over them' }).click();
    await page.waitForURL(/\/history$/, { waitUntil: 'load' });
    expect(await page.locator('h1').innerText()).toBe('History of every-release');
    expect(await page.locator('.score-strip a').count()).toBe(runs.length - 1);
    await page.goto(`${service.baseUrl}/configs/${config}`);
    await page.getByRole('link', { name: /^The whole history/ }).click();
    await page.waitForURL(/\/history$/, { waitUntil: 'load' });
    expect(page.url()).toBe(`${service.baseUrl}/configs/${config}/history`);
    await page.goto(`${service.baseUrl}/reports/${last}/metrics/m1`);
    const name = await page.locator('h1').innerText();
    await page.getByText('The same as a table').click();
    const changes = await page.locator('.metric-history tbody td:nth-of-type(2)').allInnerTexts();
    expect(changes).toEqual(reports.map((report) => formatChange(effectOf(report, name))).toReversed());
    expect(problems).toEqual([]);
    await close();
  });

  it.each(LOOKS)('keeps nobody out, in $colorScheme and $width pixels wide', async (look) => {
    for (const path of [`/configs/${config}/history`, `/configs/${config}`, `/reports/${runs.at(-1)}/metrics/m1`]) {
      const { page, close } = await open(path, look);
      for (const folded of await page.locator('details.evidence > summary').all()) await folded.click();
      expect(await accessibilityProblems(page), path).toEqual([]);
      expect(await scrollsSideways(page), path).toBe(false);
      await close();
    }
  });
});

function windowAt(hours: number) {
  const request = sampleRequest(60);
  const [start, end] = [hours, hours + 1].map((hour) => new Date(SLOW_NOON + hour * HOUR).toISOString());
  for (const { controlScope, experimentScope } of Object.values(request.scopes ?? {}))
    for (const scope of [controlScope, experimentScope]) Object.assign(scope ?? {}, { start, end });
  return request;
}
