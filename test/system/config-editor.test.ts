import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  accessibilityProblems,
  LOOKS,
  requiredChromium,
  scrollsSideways,
  watchedPage,
} from '../support/http/browser.ts';
import { startService } from '../support/http/service-process.ts';
import type { RunningServer } from '../support/servers/prometheus-server.ts';
import { startTwoVersions } from '../support/servers/two-versions.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const browser = await requiredChromium();
/** Points five seconds apart, of which a judge wants a handful. */
const SCRAPED_MILLIS = 60_000;
const PATIENCE = { timeout: 20_000 };

type Service = Awaited<ReturnType<typeof startService>>;

describe.runIf(browser)('the editor of configs, on a real Prometheus', () => {
  let prometheus: RunningServer;
  let service: Service;
  let scrapedSince = 0;
  beforeAll(async () => {
    // A quarter of the traffic, and ten times the errors.
    prometheus = await startTwoVersions({ requestsPerSecond: 10, errors: 0.1 });
    scrapedSince = performance.now();
    const dataDir = temporaryDirectory();
    const file = join(dataDir, 'haldane.yml');
    const account = { name: 'prom', type: 'prometheus', endpoint: { baseUrl: prometheus.baseUrl } };
    writeFileSync(file, JSON.stringify({ accounts: [account] }));
    const environment = { HALDANE_CONFIG: file, HALDANE_DATA_DIR: dataDir };
    service = await startService({ ...environment, HALDANE_HOST: '127.0.0.1', HALDANE_PORT: '0' });
  });
  afterAll(async () => {
    await service.stop();
    await prometheus.stop();
    await browser?.close();
  });
  const open = async (path: string, look = {}) => {
    const watched = await watchedPage(browser as Browser, look);
    await watched.page.goto(service.baseUrl + path);
    return watched;
  };
  const metricsOf = async (page: Page) => JSON.parse(await page.locator('#json').inputValue()).metrics;
  const offered = (page: Page) => page.locator('.cm-tooltip-autocomplete li');
  const isSettled = async (page: Page) => {
    // What the page canceled itself, since something newer was asked, is no problem.
    await expect.poll(() => page.locator('.live[aria-busy]').count(), PATIENCE).toBe(0);
  };
  const unexpected = (problems: readonly string[]) =>
    problems.filter((problem) => !/(try=series|\.svg) net::ERR_ABORTED/.test(problem));

  it('leads by the keyboard from an empty config to a query with names of the store', async () => {
    const { page, problems, requests, close } = await open('/configs/new?blank=true');
    await expect.poll(() => page.locator('#state').innerText(), PATIENCE).toContain('Still needed: name');
    expect(await page.locator('.error:visible').count()).toBe(0);
    expect(requests.filter((address) => address.includes('/query-editor/'))).toEqual([]);
    await page.locator('#add-metric').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('errors');
    expect((await metricsOf(page))[0]).toMatchObject({
      name: 'errors',
      query: { type: 'prometheus' },
      groups: ['all'],
    });
    const query = page.locator('.query-part .cm-content');
    await query.waitFor(PATIENCE);
    for (
      let tabs = 0;
      tabs < 8 && !(await query.evaluate('(own) => own === document.activeElement').catch(() => false));
      tabs++
    ) {
      await page.keyboard.press('Tab');
      if (await query.evaluate((own) => own.matches(':focus'))) break;
    }
    expect(await query.evaluate((own) => own.matches(':focus'))).toBe(true);
    await page.keyboard.type('http_requests', { delay: 30 });
    await expect.poll(() => offered(page).allInnerTexts(), PATIENCE).toContain('http_requests_total');
    await page.keyboard.press('Escape');
    await page.keyboard.type('_total{versi', { delay: 30 });
    await expect.poll(() => offered(page).allInnerTexts(), PATIENCE).toEqual(['version']);
    // CodeMirror takes no choice within 75 ms of showing it: nobody has read it yet.
    await page.waitForTimeout(200);
    await page.keyboard.press('Enter');
    await page.keyboard.type('="', { delay: 30 });
    await expect.poll(async () => (await offered(page).allInnerTexts()).join(), PATIENCE).toContain('1.5.0');
    await page.waitForTimeout(200);
    await page.keyboard.press('Enter');
    const [metric] = await metricsOf(page);
    expect(metric.query.expr).toBe('http_requests_total{version="${scope}"}');
    await expect.poll(() => page.locator('.live').innerText(), PATIENCE).toContain('Fill in baseline and canary');
    expect(await page.locator('.query-part .cm-content .tok-labelName').innerText()).toBe('version');
    expect(requests.filter((address) => !address.startsWith(service.baseUrl))).toEqual([]);
    expect(unexpected(problems)).toEqual([]);
    await close();
  });

  it('leads somebody who never saw one from New config to a verdict', async () => {
    const { page, problems, close } = await open('/configs');
    await page.getByRole('link', { name: 'New config' }).click();
    await page.getByRole('link', { name: 'with nothing' }).click();
    await page.getByLabel('Name', { exact: true }).fill('shop-errors');
    await page.getByLabel('Applications').fill('shop');
    await page.getByRole('button', { name: 'Add a metric' }).click();
    await page.getByLabel('Name name').fill('errors');
    await page.locator('.query-part .cm-content').click();
    await page.keyboard.insertText('sum(rate(http_requests_total{version="${scope}",status=~"5.."}[15s]))');
    await page.getByLabel('What is bad').selectOption({ label: 'an increase' });
    expect(await page.getByLabel('Allowed decrease').isVisible()).toBe(false);
    await page.locator('#try-control-0').click();
    await expect
      .poll(
        () => page.locator('#values-of-scope option').evaluateAll((all) => all.map((one) => one.getAttribute('value'))),
        PATIENCE,
      )
      .toEqual(['1.4.0', '1.5.0']);
    await page.locator('#try-control-0').fill('1.4.0');
    await page.locator('#try-experiment-0').fill('1.5.0');
    await page.locator('#try-step').fill('5');
    await page.waitForTimeout(Math.max(0, SCRAPED_MILLIS - (performance.now() - scrapedSince)));
    // The end is where the last minute ends.
    const end = new Date();
    await page.locator('#try-start').fill(new Date(end.getTime() - 60_000).toISOString());
    await page.locator('#try-end').fill(end.toISOString());
    await page.locator('.live svg.plot').first().waitFor(PATIENCE);
    expect(await page.locator('.live svg.lines path.arm').count()).toBe(2);
    expect(await accessibilityProblems(page)).toEqual([]);
    await isSettled(page);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.waitForURL(/\/configs\/[0-9a-f-]{36}\?control=1\.4\.0/);
    expect(await page.locator('#try-experiment-0').inputValue()).toBe('1.5.0');
    expect(await page.locator('#try-step').inputValue()).toBe('5');
    await page.getByRole('button', { name: 'Judge this window' }).click();
    await page.waitForURL('**/reports/*');
    await page.locator('h1', { hasText: /^Fail/ }).waitFor(PATIENCE);
    expect(unexpected(problems)).toEqual([]);
    await close();
  });

  it('says at the query what the store says of it, and asks no more than for what is shown', async () => {
    const { page, problems, requests, close } = await open('/configs/new?blank=true');
    await page.locator('#try-control-0').fill('1.4.0');
    await page.locator('#try-experiment-0').fill('1.5.0');
    await page.getByRole('button', { name: 'Add a metric' }).click();
    await page.locator('.query-part .cm-content').click();
    const before = requests.length;
    await page.keyboard.type('up{version="${scope}"} offset', { delay: 20 });
    await expect.poll(() => page.locator('.live').innerText(), PATIENCE).toMatch(/parse error|offset/);
    const asked = requests.slice(before).filter((address) => address.includes('try=series'));
    expect(asked.length).toBeLessThanOrEqual(3);
    await isSettled(page);
    expect(unexpected(problems)).toEqual([]);
    await close();
  });

  it('picks windows, in one press and since the deployment', async () => {
    const { page, problems, close } = await open('/configs/new?blank=true');
    await page.getByRole('button', { name: 'Last 30 min' }).click();
    const [start, end] = [await page.locator('#try-start').inputValue(), await page.locator('#try-end').inputValue()];
    expect(Date.parse(end) - Date.parse(start)).toBe(30 * 60_000);
    await page.getByLabel('Pick start, in UTC').fill('2026-01-02T03:04');
    expect(await page.locator('#try-start').inputValue()).toBe('2026-01-02T03:04:00Z');
    await page.getByRole('button', { name: 'Since deployment' }).click();
    await expect.poll(() => page.locator('#try-lengths').innerText()).toContain('Fill in the canary first');
    await page.locator('#try-experiment-0').fill('1.5.0');
    await page.getByRole('button', { name: 'Add a metric' }).click();
    await page.locator('.query-part .cm-content').click();
    await page.keyboard.insertText('up{version="${scope}"}');
    // The first whole minute with a value.
    await page.waitForTimeout(Math.max(0, 125_000 - (performance.now() - scrapedSince)));
    await page.getByRole('button', { name: 'Since deployment' }).click();
    await expect
      .poll(() => page.locator('#try-lengths').innerText(), PATIENCE)
      .toMatch(/of the canary since \d\d:\d\d UTC/);
    const since = Date.parse(await page.locator('#try-start').inputValue());
    expect(Math.abs(Date.now() - (performance.now() - scrapedSince) - since)).toBeLessThan(120_000);
    expect(unexpected(problems)).toEqual([]);
    await close();
  });

  it('edits one object as a form, as JSON and as YAML', async () => {
    const { page, problems, close } = await open('/configs/new?blank=true');
    await page.locator('#field-name').fill('as-yaml');
    await page.getByRole('tab', { name: 'JSON' }).click();
    await page.getByLabel('Written as').selectOption('YAML');
    const yaml = page.getByLabel('The config as YAML');
    await expect.poll(() => yaml.inputValue(), PATIENCE).toContain('name: as-yaml');
    await yaml.fill(`${await yaml.inputValue()}broken: [`);
    await expect.poll(() => page.locator('#problems').innerText(), PATIENCE).toContain('Not YAML');
    await yaml.fill((await yaml.inputValue()).replace('broken: [', 'description: read'));
    await expect.poll(() => page.locator('#json').inputValue(), PATIENCE).toContain('"description": "read"');
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole('tab', { name: 'Form' }).click();
    expect(await page.locator('#field-description').inputValue()).toBe('read');
    expect(unexpected(problems)).toEqual([]);
    await close();
  });

  it.each([true, false])(
    'shows versions, goes back to one, and deletes after a question; scripts: %s',
    async (scripts) => {
      const metric = { name: 'up', query: { type: 'prometheus', expr: 'up{version="${scope}"}' }, groups: ['all'] };
      const config = {
        name: `kept-${scripts}`,
        applications: ['shop'],
        metrics: [metric],
        classifier: { groupWeights: { all: 100 } },
      };
      const send = async (method: string, path: string, description: string) => {
        const body = JSON.stringify({ ...config, description });
        const answer = await fetch(service.baseUrl + path, {
          method,
          headers: { 'content-type': 'application/json' },
          body,
        });
        return ((await answer.json()) as { canaryConfigId: string }).canaryConfigId;
      };
      const id = await send('POST', '/canaryConfig', 'first');
      await send('PUT', `/canaryConfig/${id}`, 'second');
      const { page, problems, close } = await open(`/configs/${id}`, { scripts });
      await page.getByRole('link', { name: 'Versions' }).click();
      expect(await page.locator('.changes-of-config tbody tr').allInnerTexts()).toEqual([
        expect.stringMatching(/description\s+first\s+second/),
      ]);
      if (scripts) expect(await accessibilityProblems(page)).toEqual([]);
      await page.getByRole('link', { name: 'Version 1', exact: true }).click();
      await page.getByRole('button', { name: 'Restore version 1' }).click();
      expect(await page.locator('h2').first().innerText()).toBe('3 versions');
      await page.goto(`${service.baseUrl}/configs/${id}`);
      expect(await page.locator('.lead').innerText()).toBe('first');
      await page.getByRole('link', { name: 'Delete' }).click();
      await page.getByRole('button', { name: 'Delete it' }).click();
      await page.waitForURL('**/configs');
      expect((await fetch(`${service.baseUrl}/canaryConfig/${id}`)).status).toBe(404);
      expect(unexpected(problems)).toEqual([]);
      await close();
    },
  );

  it.each(LOOKS)('is readable and reachable in $colorScheme at $width pixels', async (look) => {
    const { page, problems, close } = await open('/configs/new?blank=true', look);
    await page.locator('#try-control-0').fill('1.4.0');
    await page.locator('#try-experiment-0').fill('1.5.0');
    await page.getByRole('button', { name: 'Add a metric' }).click();
    await page.locator('.query-part .cm-content').click();
    await page.keyboard.insertText('rate(http_requests_total{version="${scope}"}[15s]) > 0.5 # why');
    await isSettled(page);
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);
    expect(unexpected(problems)).toEqual([]);
    await close();
  });
});
