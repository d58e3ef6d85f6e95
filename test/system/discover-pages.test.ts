import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CanaryExecutionStatusResponse } from '../../src/domain/run.ts';
import type { Survey } from '../../src/domain/survey.ts';
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
/** Where each look of the page is left to be looked at; absent: nowhere. */
const PICTURES = process.env.HALDANE_PICTURES;
/** Of points five seconds apart; fewer than five of them cannot be judged. */
const SCRAPED_MILLIS = 50_000;

type Service = Awaited<ReturnType<typeof startService>>;

function start(accounts: readonly object[]): Promise<Service> {
  const dataDir = temporaryDirectory();
  const file = join(dataDir, 'haldane.yml');
  writeFileSync(file, JSON.stringify({ accounts }));
  const environment = { HALDANE_CONFIG: file, HALDANE_DATA_DIR: dataDir };
  return startService({ ...environment, HALDANE_HOST: '127.0.0.1', HALDANE_PORT: '0' });
}

async function endOf(address: string): Promise<CanaryExecutionStatusResponse> {
  for (;;) {
    const run = (await (await fetch(address)).json()) as CanaryExecutionStatusResponse;
    if (run.complete) return run;
    await sleep(200);
  }
}

async function looksRight(page: Page): Promise<void> {
  expect(await accessibilityProblems(page)).toEqual([]);
  expect(await scrollsSideways(page)).toBe(false);
}

describe.runIf(browser)('/discover, on a real Prometheus', () => {
  let prometheus: RunningServer;
  let service: Service;
  let scrapedSince = 0;
  beforeAll(async () => {
    // A fifth of the traffic, and ten times the errors.
    prometheus = await startTwoVersions({ requestsPerSecond: 10, errors: 0.1 });
    scrapedSince = performance.now();
    service = await start([
      { name: 'prom', type: 'prometheus', endpoint: { baseUrl: prometheus.baseUrl } },
      { name: 'other', type: 'prometheus', endpoint: { baseUrl: 'http://127.0.0.1:1' } },
      { name: 'paths', type: 'graphite', endpoint: { baseUrl: 'http://127.0.0.1:1' } },
    ]);
  });
  afterAll(async () => {
    await service.stop();
    await prometheus.stop();
  });
  const open = async (look: object, path = '/discover?last=5') => {
    const watched = await watchedPage(browser as Browser, look);
    await watched.page.goto(`${service.baseUrl}${path}`);
    return watched;
  };

  it('tells an account that cannot be asked, and one that cannot be looked through', async () => {
    const { page, close } = await open({}, '/discover?account=other');
    expect(await page.locator('.notice').innerText()).toContain("account 'other'");
    expect(await page.locator('#unlisted ~ ul').innerText()).toContain('paths graphite: packs for it');
    await close();
    const answer = await fetch(`${service.baseUrl}/metricsServices/paths/survey`);
    expect([answer.status, ((await answer.json()) as { message: string }).message]).toEqual([
      400,
      expect.stringContaining('a store of type graphite'),
    ]);
  });

  it('refuses a length of time and a pack that are not there, and says what is', async () => {
    for (const [path, words] of [
      ['last=half', "last: 'half' is no length of time here; write a whole number of minutes, 5 to 1440"],
      ['pack.istio=on', "pack: no metrics of 'istio' were found; packs with metrics there: client-libraries"],
    ]) {
      const { page, close } = await open({}, `/discover?${path}`);
      expect(await page.locator('.notice').innerText()).toBe(words);
      await close();
    }
  });

  it('shows what the API answers, and is readable in every look', async () => {
    await sleep(Math.max(0, SCRAPED_MILLIS - (performance.now() - scrapedSince)));
    for (const look of LOOKS) {
      const { page, problems, requests, close } = await open(look);
      const survey = (await (await fetch(`${service.baseUrl}/metricsServices/prom/survey?minutes=5`)).json()) as Survey;
      const { proposal } = survey;
      expect(proposal).toMatchObject({ baseline: '1.4.0', canary: '1.5.0', location: 'shop', label: 'version' });
      const [stable, canary] = await page.locator('.versions tbody tr').allInnerTexts();
      expect(stable).toMatch(/^1\.4\.0\t1\t[\d.]+ req(uests)?\/s\t\d+(\.\d+)? %/);
      expect(canary).toMatch(/^1\.5\.0\t1\t[\d.]+ req(uests)?\/s\t\d+(\.\d+)? %/);
      expect(proposal?.versions.map(({ share = 0 }) => share).reduce((sum, share) => sum + share)).toBeCloseTo(1);
      const told = await page.locator('[aria-labelledby="doubts"] li').allInnerTexts();
      expect(told).toEqual(proposal?.warnings);
      expect(told.join(' ')).toContain('Traffic itself is left out of the config, since the sides do not get as much');
      expect(await page.locator('.previews svg').count()).toBe(3);
      expect(JSON.parse((await page.locator('[aria-label="The config"]').textContent()) ?? '')).toEqual(
        proposal?.config,
      );
      expect(await page.locator('.packs > li').first().innerText()).toContain('6 of');
      await looksRight(page);
      if (PICTURES !== undefined) {
        mkdirSync(PICTURES, { recursive: true });
        await page.screenshot({
          path: join(PICTURES, `discover-${look.width}-${look.colorScheme}.png`),
          fullPage: true,
        });
      }
      expect([problems, requests.filter((url) => !url.startsWith(service.baseUrl))]).toEqual([[], []]);
      await close();
    }
  });

  it('without scripts: chooses, warns of one version against itself, saves, and is judged', async () => {
    const { page, close } = await open({ scripts: false });
    await page.getByLabel('1.4.0 is the canary').check();
    await page.getByRole('button', { name: 'Look again with this choice' }).click();
    expect(await page.locator('[aria-labelledby="doubts"]').innerText()).toContain(
      'Baseline and canary are both 1.4.0',
    );
    await page.getByLabel('1.5.0 is the canary').check();
    await page.getByLabel('Name', { exact: true }).fill('a b');
    await page.getByRole('button', { name: 'Save this config' }).click();
    expect(await page.locator('#name-error').innerText()).not.toBe('');
    await page.getByLabel('Name', { exact: true }).fill('shop-found');
    await page.getByLabel('Application').fill('shop');
    await page.getByRole('button', { name: 'Save this config' }).click();
    await page.waitForURL('**/configs/*#try-title');
    expect(await page.getByLabel('Baseline', { exact: true }).inputValue()).toBe('1.4.0');
    expect(await page.getByLabel('Canary', { exact: true }).inputValue()).toBe('1.5.0');
    const end = Math.floor(Date.now() / 1000) * 1000;
    await page.getByLabel('Start').fill(new Date(end - 40_000).toISOString());
    await page.getByLabel('End', { exact: true }).fill(new Date(end).toISOString());
    await page.getByLabel('Step in seconds').fill('5');
    await page.getByRole('button', { name: 'Judge this window' }).click();
    await page.waitForURL('**/reports/*');
    const id = page.url().split('/').at(-1) ?? '';
    const run = await endOf(`${service.baseUrl}/canary/${id}`);
    expect(run).toMatchObject({ status: 'succeeded', result: { judgeResult: { score: { classification: 'Fail' } } } });
    const failed = run.result?.judgeResult?.results?.find(({ name }) => name === 'client-error-ratio');
    expect(failed).toMatchObject({ classification: 'High', critical: true });
    await close();
  });

  it('proposes no name that is taken', async () => {
    const { page, close } = await open({}, '/discover?last=5&account=prom&name=shop-found&application=shop');
    expect(await page.locator('#name-error').innerText()).toContain('shop-found');
    await looksRight(page);
    await close();
  });
});

describe.runIf(browser)('/discover without an account', () => {
  let service: Service;
  beforeAll(async () => {
    service = await start([]);
  });
  afterAll(async () => {
    await service.stop();
    await browser?.close();
  });

  it.each(LOOKS)('says how to configure one, and asks for no address: $width $colorScheme', async (look) => {
    const { page, problems, close } = await watchedPage(browser as Browser, look);
    await page.goto(`${service.baseUrl}/`);
    await page.getByRole('link', { name: 'What do I have?' }).click();
    expect(await page.locator('pre').innerText()).toContain('bearerToken: "${PROMETHEUS_TOKEN}"');
    expect(await page.locator('main').innerText()).toContain('An address cannot be entered on this page');
    expect(await page.locator('main input').count()).toBe(0);
    await looksRight(page);
    if (PICTURES !== undefined) {
      await page.screenshot({ path: join(PICTURES, `none-${look.width}-${look.colorScheme}.png`), fullPage: true });
    }
    expect(problems).toEqual([]);
    await close();
  });
});
