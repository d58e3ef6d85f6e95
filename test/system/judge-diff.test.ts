import { mkdirSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createJudges } from '../../judges/index.ts';
import { JudgeDiff, Replay } from '../../src/domain/judge-diff.ts';
import { runHaldane } from '../cli/run-haldane.ts';
import { fakeProvider, seriesOf } from '../support/fake-provider.ts';
import {
  accessibilityProblems,
  LOOKS,
  requiredChromium,
  scrollsSideways,
  watchedPage,
} from '../support/http/browser.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { drawsOf, seriesOf as valuesOf } from '../support/samples/random-series.ts';
import { requiredPostgres } from '../support/servers/postgres-server.ts';

const RUNS = 220;
const KAYENTA = 'NetflixACAJudge-v1.0';
const HALDANE = 'HaldaneJudge-v1.0';
const browser = await requiredChromium();
/** Where each look of the page is left to be looked at; absent: nowhere. */
const PICTURES = process.env.HALDANE_PICTURES;
const postgres = await requiredPostgres();
afterAll(async () => {
  await browser?.close();
  await postgres?.stop();
});

/** Noise that wanders, so that a judge who takes points for independent alarms without a reason. */
const provider = fakeProvider((request) => {
  const { side } = request;
  const { metricName: text } = z.object({ metricName: z.string() }).parse(request.query);
  const draws = drawsOf('diff', text, side);
  const level = text.startsWith('worse') && side === 'experiment' ? 1.4 : 1;
  let wander = 0;
  const next = () => {
    wander = 0.8 * wander + 0.03 * draws.normal();
    return 100 * level * Math.exp(wander);
  };
  return [seriesOf(request, valuesOf(60, next))];
});

async function withRuns(postgresUrl?: string): Promise<{ service: TestService; baseUrl: string }> {
  const service = await createTestService({ providers: [provider], judges: createJudges({}), postgresUrl });
  const baseUrl = await service.http.listen({ host: '127.0.0.1', port: 0 });
  const judge = async (number: number) => {
    const config = configOf(4, { name: number % 2 === 0 ? 'checkout' : 'search <b>x</b>', judge: { name: KAYENTA } });
    const metrics = config.metrics?.map((metric) => ({
      ...metric,
      query: { ...metric.query, metricName: `${number % 10 === 0 ? 'worse' : 'same'} ${number} ${metric.name}` },
      analysisConfigurations: { canary: { direction: 'increase' } },
    }));
    const body = JSON.stringify({ canaryConfig: { ...config, metrics }, executionRequest: requestOf() });
    const answer = await fetch(`${baseUrl}/canary?application=shop&wait=30s`, {
      ...{ method: 'POST', body },
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(200);
    await answer.arrayBuffer();
  };
  for (let from = 0; from < RUNS; from += 10) {
    await Promise.all(Array.from({ length: 10 }, (_, i) => judge(from + i)));
  }
  return { service, baseUrl };
}

const stores = [
  ['SQLite', () => Promise.resolve<string | undefined>(undefined)],
  ['PostgreSQL', async () => postgres?.createDatabase()],
] as const;

describe.each(stores)('stored runs on %s under two judges', (_store, createDatabase) => {
  let service: TestService;
  let baseUrl = '';

  beforeAll(async () => {
    ({ service, baseUrl } = await withRuns(await createDatabase()));
  }, 120_000);
  afterAll(() => service?.close());

  it('are compared page by page by the command, each once, and every run is named', async () => {
    const args = ['diff', 'judges', '--url', baseUrl, '--right', HALDANE, '--last', '1000', '--output', 'json'];
    const { code, out } = await runHaldane(args);
    const { totals, runs } = JudgeDiff.parse(JSON.parse(out));
    expect(totals).toMatchObject({ runs: RUNS, notJudged: 0 });
    expect(new Set(runs.map(({ runId }) => runId)).size).toBe(RUNS);
    expect(totals.changed).toBeGreaterThan(0);
    expect(code).toBe(1);
    const fails = (side: 'left' | 'right') => runs.filter((run) => run[side]?.verdict === 'Fail').length;
    expect(fails('right')).toBeLessThan(fails('left'));
  });

  it('say the same in text and Markdown', async () => {
    const args = ['diff', 'judges', '--url', baseUrl, '--right', HALDANE, '--last', '30', '--only-differences'];
    const [text, markdown] = [await runHaldane(args), await runHaldane([...args, '--output', 'md'])];
    const [summary] = /\d+ of 30 verdicts change/.exec(text.out) ?? [];
    expect(summary).toBeDefined();
    expect(markdown.out).toContain(summary);
    expect(text.out).toContain(`${HALDANE} says`);
  });

  it('have the same bytes when they are judged once more', async () => {
    const { code, out } = await runHaldane(['run', 'replay', '--url', baseUrl, '--last', '50', '--output', 'json']);
    const replays = Replay.array().parse(JSON.parse(out));
    expect(replays).toHaveLength(50);
    expect(replays.filter(({ same }) => !same)).toEqual([]);
    expect(code).toBe(0);
  });

  it('hold up nobody else', async () => {
    const asked = fetch(`${baseUrl}/judges/diff`, {
      ...{ method: 'POST', body: JSON.stringify({ right: { name: HALDANE }, limit: 1000 }) },
      headers: { 'content-type': 'application/json' },
    });
    let longest = 0;
    for (let i = 0; i < 20; i++) {
      const begun = performance.now();
      expect((await fetch(`${baseUrl}/health`)).status).toBe(200);
      longest = Math.max(longest, performance.now() - begun);
    }
    expect((await asked).status).toBe(200);
    expect(longest).toBeLessThan(2000);
  });

  it.runIf(browser)('are a page with the same numbers', async () => {
    const answer = await fetch(`${baseUrl}/judges/diff`, {
      ...{ method: 'POST', body: JSON.stringify({ right: { name: HALDANE }, limit: 100 }) },
      headers: { 'content-type': 'application/json' },
    });
    const { totals } = JudgeDiff.parse(await answer.json());
    for (const look of LOOKS) {
      const { page, problems, requests, close } = await watchedPage(browser as Browser, look);
      await page.goto(`${baseUrl}/judges/diff`);
      await page.getByRole('button', { name: 'Judge again' }).click();
      await page.getByRole('heading', { name: 'Verdicts that change' }).waitFor();
      expect(await page.locator('.lead').textContent()).toContain(`${totals.changed} of 100 verdicts change`);
      const shown = await page.locator('.verdict-matrix td span').allTextContents();
      expect(shown.map(Number)).toEqual(totals.verdicts.map(({ runs }) => runs));
      expect(await accessibilityProblems(page)).toEqual([]);
      expect(await scrollsSideways(page)).toBe(false);
      if (PICTURES !== undefined) {
        mkdirSync(PICTURES, { recursive: true });
        await page.screenshot({
          path: `${PICTURES}/judge-diff-${look.width}-${look.colorScheme}.png`,
          fullPage: false,
        });
        await page.screenshot({
          path: `${PICTURES}/judge-diff-full-${look.width}-${look.colorScheme}.png`,
          fullPage: true,
        });
      }
      await page.getByRole('link', { name: 'Older runs' }).click();
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(problems).toEqual([]);
      expect(requests.filter((address) => !address.startsWith(baseUrl))).toEqual([]);
      await close();
    }
  });
});
