import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { LOOKS, requiredChromium, watchedPage } from '../support/http/browser.ts';
import { SLOW_NOON, sampleConfig, sampleRequest } from '../support/samples/report-samples.ts';
import { type SampleService, startSampleService } from '../support/samples/sample-service.ts';

/**
 * Draws the pages for somebody to look at, light and dark, at 390 and 1440: `node test/tools/draw-pages.ts <folder>
 * [part of a name]`. The pictures are cut at this height.
 */
const MOST_HEIGHT = Number(process.env.MOST_HEIGHT ?? 4000);
const HOUR = 3_600_000;

const [folder = 'pictures', only = ''] = process.argv.slice(2);
const browser = await requiredChromium();
if (browser === undefined) process.exit(1);
const service = await startSampleService();
let failed = false;
try {
  mkdirSync(folder, { recursive: true });
  for (const [name, path] of Object.entries(await pagesOf(service))) {
    for (const look of LOOKS.filter(({ colorScheme, width }) => `${name}-${width}-${colorScheme}`.includes(only)))
      await draw(name, path, look);
  }
} finally {
  await browser.close();
  await service.stop();
}
process.exitCode = failed ? 1 : 0;

async function pagesOf({ baseUrl, store, judge, analyse, analysed }: SampleService): Promise<Record<string, string>> {
  const [one, twenty, many] = [
    await judge(sampleConfig(1)),
    await judge(sampleConfig(20)),
    await judge(sampleConfig(200)),
  ];
  const empty = sampleRequest(60);
  const { default: scope } = empty.scopes ?? {};
  if (scope?.experimentScope !== undefined) Object.assign(scope.experimentScope, { scope: 'nowhere' });
  const silent = await judge(sampleConfig(5), empty);
  store.broken = true;
  const broken = await judge(sampleConfig(2), sampleRequest(62));
  store.broken = false;
  const plan = { analysisIntervalMins: 20, lookbackMins: 60, thresholds: { pass: 95, marginal: 60 } };
  const window = { startTimeIso: at(0), endTimeIso: at(5) };
  const ended = await analyse(sampleConfig(20), { ...window, ...plan });
  await analysed(ended);
  const now = new Date(Math.floor(Date.now() / 60_000) * 60_000 - HOUR).toISOString();
  const running = await analyse(sampleConfig(4), { ...plan, startTimeIso: now, lifetimeDurationMins: 180 });
  const waiting = await started(baseUrl);
  const report = (id: string) => `/reports/${encodeURIComponent(id)}`;
  return {
    'run-1': report(one.pipelineId),
    'run-20': report(twenty.pipelineId),
    'run-200': report(many.pipelineId),
    'run-no-data': report(silent.pipelineId),
    'run-failed': report(broken.pipelineId),
    'run-waiting': report(waiting),
    metric: `${report(twenty.pipelineId)}/metrics/m1`,
    'analysis-ended': report(ended),
    'analysis-running': report(running),
    home: '/',
    missing: report('nobody'),
    file: `${report(twenty.pipelineId)}.html`,
  };
}

function at(hours: number): string {
  return new Date(SLOW_NOON + hours * HOUR).toISOString();
}

/** A run whose window has not ended. */
async function started(baseUrl: string): Promise<string> {
  const request = sampleRequest(60);
  const window = { start: new Date(Date.now() - HOUR).toISOString(), end: new Date(Date.now() + HOUR).toISOString() };
  for (const { controlScope, experimentScope } of Object.values(request.scopes ?? {}))
    Object.assign({}, Object.assign(controlScope ?? {}, window), Object.assign(experimentScope ?? {}, window));
  const answer = await fetch(`${baseUrl}/canary?application=shop`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ canaryConfig: sampleConfig(4), executionRequest: request }),
  });
  const { canaryExecutionId } = (await answer.json()) as { canaryExecutionId: string };
  return canaryExecutionId;
}

async function draw(name: string, path: string, look: (typeof LOOKS)[number]): Promise<void> {
  const { page, problems, close } = await watchedPage(browser as NonNullable<typeof browser>, look);
  await page.goto(service.baseUrl + path);
  const height = await page.evaluate<number>('document.documentElement.scrollHeight');
  const file = join(folder, `${name}-${look.width}-${look.colorScheme}.png`);
  const clip = { x: 0, y: 0, width: look.width, height: Math.min(height, MOST_HEIGHT) };
  await page.screenshot({ path: file, fullPage: true, clip });
  await close();
  const told = problems.filter((problem) => !(name === 'missing' && problem.includes('404')));
  if (told.length > 0) failed = true;
  console.log(`${file}: ${height} px tall${told.length === 0 ? '' : `; ${told.join('; ')}`}`);
}
