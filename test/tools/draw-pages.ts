import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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
/** One that goes on asking a store that is away. */
const patient = await startSampleService(9);
/** One that nobody has used yet. */
const fresh = await startSampleService();
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
  await patient.stop();
  await fresh.stop();
}
process.exitCode = failed ? 1 : 0;

/** The address of every page, by the name of its picture. */
async function pagesOf({
  baseUrl,
  store,
  judge,
  analyse,
  analysed,
  ...sample
}: SampleService): Promise<Record<string, string>> {
  // Judged after a minute; drawn last.
  const now = new Date(Math.floor(Date.now() / 60_000) * 60_000 - HOUR).toISOString();
  const course = { analysisIntervalMins: 1, lookbackMins: 60, thresholds: { pass: 95, marginal: 10 } };
  const failing = await analyse(sampleConfig(4), { ...course, startTimeIso: now, lifetimeDurationMins: 30 });
  const [one, twenty, many] = [
    await judge(sampleConfig(1)),
    await judge(sampleConfig(20)),
    await judge(sampleConfig(200)),
  ];
  const empty = sampleRequest(60);
  const { default: scope } = empty.scopes ?? {};
  if (scope?.experimentScope !== undefined) Object.assign(scope.experimentScope, { scope: 'nowhere' });
  const silent = await judge(sampleConfig(5), empty);
  const haldane = { name: 'HaldaneJudge-v1.0' };
  const past = await judge(
    { ...sampleConfig(5), judge: haldane },
    {
      ...sampleRequest(61),
      baseline: { kind: 'earlier', offsets: [1440, 2880, 4320] },
      trafficPercent: 50,
    },
  );
  store.broken = true;
  const broken = await judge(sampleConfig(2), sampleRequest(62));
  store.broken = false;
  const plan = { analysisIntervalMins: 20, lookbackMins: 60, thresholds: { pass: 95, marginal: 60 } };
  const window = { startTimeIso: at(0), endTimeIso: at(5) };
  const ended = await analyse(sampleConfig(20), { ...window, ...plan });
  await analysed(ended);
  const running = await analyse(sampleConfig(4), { ...plan, startTimeIso: now, lifetimeDurationMins: 180 });
  const waiting = await started(baseUrl);
  patient.store.away = true;
  const retrying = await started(patient.baseUrl, { isOpen: false });
  const stored = await sample.storeConfig({ ...sampleConfig(20), name: 'shop-every-release' });
  const judged = [];
  for (const hours of [-9, -6, -3, 0, 1, 2, 3, 4, 5]) judged.push(await sample.judgeWith(stored, windowAt(hours)));
  const last = judged.at(-1)?.pipelineId ?? '';
  const report = (id: string) => `/reports/${encodeURIComponent(id)}`;
  return {
    // First, since it gives up after a while.
    'run-retrying': patient.baseUrl + report(retrying),
    'run-1': report(one.pipelineId),
    'run-20': report(twenty.pipelineId),
    'run-200': report(many.pipelineId),
    'run-history': report(past.pipelineId),
    'run-no-data': report(silent.pipelineId),
    'run-failed': report(broken.pipelineId),
    'run-waiting': report(waiting),
    metric: `${report(twenty.pipelineId)}/metrics/m1`,
    'analysis-ended': report(ended),
    'analysis-running': report(running),
    'run-of-config': report(last),
    'metric-over-runs': `${report(last)}/metrics/m1`,
    history: `/configs/${stored}/history`,
    ...configPages(stored),
    compare: `/compare?a=${report(judged.at(-2)?.pipelineId ?? '').slice(9)}&b=${report(last).slice(9)}`,
    backtest: await backtested(baseUrl),
    backtests: '/backtests.html',
    home: '/',
    'home-analyses': '/?show=analyses',
    'home-empty': `${fresh.baseUrl}/`,
    docs: '/docs',
    ...helpPages(),
    'missing-report': report('nobody'),
    'missing-metric': `${report(last)}/metrics/m999`,
    'missing-config': '/configs/nobody',
    'missing-backtest': '/backtests/nobody.html',
    'missing-page': '/nowhere',
    file: `${report(twenty.pipelineId)}.html`,
    'analysis-failing': await atCourse(baseUrl, failing, report(failing)),
  };
}

/** Of the help as it has been built: `npm run docs:site`. */
function helpPages(): Record<string, string> {
  return {
    help: '/help/',
    'help-integration': '/help/integrations/argo-rollouts.html',
    'help-reference': '/help/reference/configuration.html',
    'help-search': '/help/search.html?q=weights',
    'help-api': '/help/api.html',
  };
}

function configPages(id: string): Record<string, string> {
  return {
    configs: '/configs',
    config: `/configs/${id}`,
    'config-new': '/configs/new',
    'config-blank': '/configs/new?blank=true',
    'config-edit': `/configs/${id}/edit`,
    'config-backtest': `/configs/${id}/backtest`,
  };
}

/** @returns the address of a backtest that has ended */
async function backtested(baseUrl: string): Promise<string> {
  const request = sampleRequest(60);
  const window = { start: at(-6), end: at(6) };
  for (const { controlScope, experimentScope } of Object.values(request.scopes ?? {}))
    for (const scope of [controlScope, experimentScope]) Object.assign(scope ?? {}, window);
  const body = { canaryConfig: sampleConfig(4), executionRequest: request, backtest: { windowMinutes: 60 } };
  const headers = { 'content-type': 'application/json' };
  const started = await fetch(`${baseUrl}/canaryConfig/backtest`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  const { backtestId } = (await started.json()) as { backtestId?: string };
  if (backtestId === undefined) throw new Error(`no backtest: ${started.status}`);
  for (;;) {
    const { status } = (await (await fetch(`${baseUrl}/backtests/${backtestId}`)).json()) as { status: string };
    if (status !== 'running' && status !== 'not_started') return `/backtests/${backtestId}.html`;
    await sleep(200);
  }
}

function at(hours: number): string {
  return new Date(SLOW_NOON + hours * HOUR).toISOString();
}

/** An hour, so long after noon. */
function windowAt(hours: number) {
  const request = sampleRequest(60);
  for (const { controlScope, experimentScope } of Object.values(request.scopes ?? {}))
    for (const scope of [controlScope, experimentScope])
      Object.assign(scope ?? {}, { start: at(hours), end: at(hours + 1) });
  return request;
}

/** @returns the address, once an interval of the analysis is judged */
async function atCourse(baseUrl: string, id: string, address: string): Promise<string> {
  for (;;) {
    const answer = await fetch(`${baseUrl}/standalone_canary_analysis/${id}`);
    const { resultsSoFar } = (await answer.json()) as { resultsSoFar?: { canaryExecutionResults?: unknown[] } };
    if ((resultsSoFar?.canaryExecutionResults ?? []).length > 0 || (only !== '' && !'analysis-failing'.includes(only)))
      return address;
    await sleep(1000);
  }
}

/** A run whose window has not ended, or one of a past window. */
async function started(baseUrl: string, { isOpen } = { isOpen: true }): Promise<string> {
  const request = sampleRequest(60);
  const end = new Date(Date.now() + (isOpen ? HOUR : -HOUR)).toISOString();
  const window = { start: new Date(Date.now() - 2 * HOUR).toISOString(), end };
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
  await page.goto(URL.canParse(path) ? path : service.baseUrl + path);
  const height = await page.evaluate<number>('document.documentElement.scrollHeight');
  const file = join(folder, `${name}-${look.width}-${look.colorScheme}.png`);
  const clip = { x: 0, y: 0, width: look.width, height: Math.min(height, MOST_HEIGHT) };
  await page.screenshot({ path: file, fullPage: true, clip });
  await close();
  const told = problems.filter((problem) => !(name.startsWith('missing') && problem.includes('404')));
  if (told.length > 0) failed = true;
  console.log(`${file}: ${height} px tall${told.length === 0 ? '' : `; ${told.join('; ')}`}`);
}
