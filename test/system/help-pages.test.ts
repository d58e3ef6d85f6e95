import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPackage } from '../../build/build-package.ts';
import { accessibilityProblems, requiredChromium, scrollsSideways, watchedPage } from '../support/http/browser.ts';
import { type ServiceProcess, startService } from '../support/http/service-process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const browser = await requiredChromium();
/** One of each kind: a table of links, steps, pictures, keys, formulas and figures, operations, the search. */
const KINDS = [
  '',
  'start.html',
  'concepts.html',
  'reference/judges.html',
  'judge-mathematics.html',
  'api.html',
  'search.html?q=false+alarm',
];
/** Each colour and each width once. */
const SEEN = [
  { colorScheme: 'light', width: 1440 },
  { colorScheme: 'dark', width: 390 },
] as const;

/** The package as it is built, and a service from it. */
const built = mkdtempSync(join(tmpdir(), 'haldane-dist-'));
let service: ServiceProcess;

beforeAll(async () => {
  await buildPackage(built);
  const environment = { HALDANE_DATA_DIR: temporaryDirectory(), HALDANE_PORT: '0' };
  service = await startService(environment, undefined, {
    main: join(built, 'bin/haldane.cjs'),
    args: ['serve'],
    cwd: temporaryDirectory(),
  });
});
afterAll(async () => {
  await service.stop();
  rmSync(built, { recursive: true });
  await browser?.close();
});

const ask = (path: string) => fetch(service.baseUrl + path, { redirect: 'manual', headers: { accept: 'text/html' } });

describe('/help, from the package', () => {
  it('has every file that was built, with its type and the headers of the pages', async () => {
    const files = readdirSync(join(built, 'help'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(join(built, 'help').length));
    expect(files.length).toBeGreaterThan(70);
    for (const path of files) {
      const { status, headers } = await ask(`/help${path}`);
      expect([path, status]).toEqual([path, 200]);
      if (path.endsWith('.html')) expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; style-src 'self'; script-src 'self'/,
      );
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('begins in the folder, since its links are relative', async () => {
    const answer = await ask('/help');
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/help/']);
  });

  it.each([
    '/help/nope.html',
    '/help/..%2fpackage.json',
    '/help/reference%2f..%2f..%2fpackage.json',
    '/help/%2e%2e/package.json',
    '/help/files',
    '/help//etc/passwd',
  ])('has no %s', async (path) => {
    const answer = await ask(path);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('There is no such page');
  });
});

describe.runIf(browser)('the help in a browser', () => {
  it.each(KINDS)('/help/%s is readable in both colours, without errors, from here only', async (path) => {
    for (const look of SEEN) {
      const { page, problems, requests, close } = await watchedPage(browser as Browser, look);
      await page.goto(`${service.baseUrl}/help/${path}`);
      if (path.startsWith('search')) await page.locator('#results li').first().waitFor();
      expect(await page.title()).toMatch(/ · Haldane help$/);
      expect(problems).toEqual([]);
      expect(requests.filter((url) => !url.startsWith(service.baseUrl))).toEqual([]);
      expect(await scrollsSideways(page)).toBe(false);
      expect(await accessibilityProblems(page)).toEqual([]);
      await close();
    }
  });

  it('is linked from every page, and finds a setting from any page of it', async () => {
    const { page, problems, close } = await watchedPage(browser as Browser);
    await page.goto(service.baseUrl);
    await page.locator('header nav').getByRole('link', { name: 'Help' }).click();
    await page.getByRole('link', { name: 'concepts, with pictures' }).click();
    const search = page.getByRole('searchbox', { name: 'Search the help' });
    await search.fill('retention.maxAgeDays');
    await search.press('Enter');
    const first = page.locator('#results a').first();
    await first.click();
    await page.waitForURL(/reference\/configuration\.html#/);
    const row = page.locator('tr:target');
    expect(await row.innerText()).toContain('runs and analyses that ended');
    expect(problems).toEqual([]);
    await close();
  });

  it('can be read and browsed without scripts', async () => {
    const { page, close } = await watchedPage(browser as Browser, { scripts: false, width: 390 });
    await page.goto(`${service.baseUrl}/help/`);
    await page.getByText('Contents', { exact: true }).click();
    await page.locator('details.contents').getByText('Operations', { exact: true }).click();
    await page.locator('details.contents').getByRole('link', { name: 'Who may do what' }).click();
    expect(await page.locator('main h1').innerText()).toBe('Who may do what');
    await page.goto(`${service.baseUrl}/help/search.html?q=tokens`);
    expect(await page.locator('#found').innerText()).toContain('needs JavaScript');
    await close();
  });
});

describe('/help where it has not been built', () => {
  beforeAll(() => rmSync(join(built, 'help'), { recursive: true }));

  it.each([
    ['/help', 200],
    ['/help/start.html', 404],
  ] as const)('%s says how to build it', async (path, status) => {
    const answer = await ask(path);
    expect(answer.status).toBe(status);
    const text = await answer.text();
    expect(text).toContain('npm run docs:site');
    expect(text).toContain('docs/start.md');
  });
});
