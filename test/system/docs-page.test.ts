import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  accessibilityProblems,
  LOOKS,
  requiredChromium,
  scrollsSideways,
  watchedPage,
} from '../support/http/browser.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const run = promisify(execFile);
const browser = await requiredChromium();

type Operations = Record<
  string,
  {
    parameters?: { required?: boolean }[];
    requestBody?: { content: Record<string, { example?: unknown }> };
  }
>;

/** The demo, serving. */
async function startDemo() {
  const child = execFile(process.execPath, ['src/cli/haldane.ts', 'demo', '--serve'], {
    env: { ...process.env, HALDANE_DATA_DIR: temporaryDirectory() },
  });
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += chunk;
    if (/docs\s+http\S+\n/.test(text)) break;
  }
  const stop = async () => {
    child.kill('SIGINT');
    await once(child, 'exit');
  };
  return { baseUrl: new URL(/docs\s+(http\S+)/.exec(text)?.[1] ?? '').origin, stop };
}

describe.runIf(browser)('the page of the API, of the demo', () => {
  let demo: Awaited<ReturnType<typeof startDemo>>;
  beforeAll(async () => {
    demo = await startDemo();
  });
  afterAll(async () => {
    await demo.stop();
    await browser?.close();
  });
  const open = async (look = {}) => {
    const watched = await watchedPage(browser as Browser, look);
    await watched.page.goto(`${demo.baseUrl}/docs`);
    await watched.page.locator('.opblock').first().waitFor();
    return watched;
  };

  it('begins with five requests that lead to a verdict', async () => {
    const { page, close } = await open();
    expect(await page.locator('main h2').first().innerText()).toBe('First verdict in five requests');
    const commands = await page.locator('.steps pre').allTextContents();
    await close();
    expect(commands).toHaveLength(5);
    const shell = async (...lines: string[]) => (await run('sh', ['-euc', lines.join('\n')])).stdout;
    const [accounts = '', series = '', start = '', verdict = '', report = ''] = commands;
    expect(JSON.parse(await shell(accounts))).toContainEqual(expect.objectContaining({ name: 'inline' }));
    expect(await shell(series)).toContain('118');
    const id = /[0-9A-Z]{26}$/.exec((await shell(series, start)).trim())?.[0];
    const read = async () => JSON.parse(await shell(`run=${id}`, verdict)) as { complete: boolean; result?: unknown };
    while (!(await read()).complete) await sleep(50);
    expect(await read()).toMatchObject({ result: { judgeResult: { score: { classification: 'Fail' } } } });
    expect(await shell(`run=${id}`, report)).toContain('latency in ms');
  });

  it('is ours, needs no other host, and fits the window', async () => {
    for (const look of LOOKS) {
      const { page, problems, requests, close } = await open(look);
      expect(await page.title()).toBe('API · Haldane');
      expect(await page.locator('header a.brand').getAttribute('href')).toBe('/');
      expect(await page.locator('link[rel="icon"]').getAttribute('href')).toMatch(/canary\.svg$/);
      expect(requests.filter((url) => !url.startsWith(demo.baseUrl))).toEqual([]);
      expect(problems).toEqual([]);
      expect(await scrollsSideways(page)).toBe(false);
      // The list is Swagger UI's, whose rows have buttons in buttons and whose colours are its own.
      await page.evaluate('document.getElementById("reference").remove()');
      expect(await accessibilityProblems(page)).toEqual([]);
      await close();
    }
  });

  it('fills in no parameter', async () => {
    const { page, problems, close } = await open();
    const operations = ['Canary_runs-startCanary', 'Canary_runs-listCanaryExecutions', 'Operation-getHealth'];
    for (const id of operations) await page.locator(`#operations-${id} .opblock-summary-control`).click();
    const filled = await page
      .locator('tr[data-param-in]')
      .evaluateAll((rows) =>
        rows.flatMap((row) =>
          [...row.querySelectorAll('input, select, textarea')].map((field) => [
            row.getAttribute('data-param-name'),
            (field as unknown as { value: string }).value,
          ]),
        ),
      );
    expect(filled.length).toBeGreaterThan(15);
    expect(filled.filter(([, value]) => value !== '')).toEqual([]);
    expect(problems).toEqual([]);
    await close();
  });

  it('has examples that the demo answers, and that leave it as it was', async () => {
    const { paths } = (await (await fetch(`${demo.baseUrl}/docs/json`)).json()) as {
      paths: Record<string, Operations>;
    };
    const asked = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([method, { parameters = [], requestBody }]) => {
        const example = requestBody?.content['application/json']?.example;
        const ready = parameters.every(({ required }) => required !== true);
        return ready && (example !== undefined || method === 'get') ? [{ method, path, example }] : [];
      }),
    );
    expect(asked.length).toBeGreaterThan(20);
    for (const { method, path, example } of asked) {
      const headers = { 'content-type': 'application/json' };
      const body = example === undefined ? {} : { headers, body: JSON.stringify(example) };
      const answer = await fetch(demo.baseUrl + path, { method: method.toUpperCase(), ...body });
      expect([method, path, answer.status, answer.ok ? '' : await answer.text()]).toEqual([method, path, 200, '']);
    }
    const health = (await (await fetch(`${demo.baseUrl}/health`)).json()) as { components: object };
    expect(JSON.stringify(health.components)).not.toContain('OUT_OF_SERVICE');
  });

  it('starts a run with the example as it stands', async () => {
    const { page, problems, close } = await open();
    const operation = page.locator('#operations-Canary_runs-startAdhocCanary');
    await operation.locator('.opblock-summary-control').click();
    const sent = page.waitForRequest((request) => request.method() === 'POST');
    await operation.getByRole('button', { name: 'Execute' }).click();
    expect(new URL((await sent).url()).search).toBe('');
    const live = operation.locator('.live-responses-table .highlight-code').first();
    const id = /"canaryExecutionId":\s*"(\w{26})"/.exec(await live.innerText())?.[1];
    const read = async () =>
      (await (await fetch(`${demo.baseUrl}/canary/${id}`)).json()) as { complete: boolean; status: string };
    while (!(await read()).complete) await sleep(50);
    expect((await read()).status).toBe('succeeded');
    expect(problems).toEqual([]);
    await close();
  });
});
