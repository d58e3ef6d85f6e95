import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { requiredChromium, watchedPage } from '../support/http/browser.ts';
import { SLOW_NOON, sampleConfig } from '../support/samples/report-samples.ts';
import { type SampleService, startSampleService } from '../support/samples/sample-service.ts';

const FOLDER = 'docs/images';
const MOST_BYTES = 300 * 1024;
const HOUR = 3_600_000;
const SIZE = { width: 1280, height: 860, scale: 1.5 };

/** A picture: what is looked at, and what is done there first. */
interface Picture {
  readonly name: string;
  readonly colorScheme: 'light' | 'dark';
  readonly path: string;
  readonly height?: number;
  prepare?(page: Page): Promise<void>;
}

const browser = await requiredChromium();
if (browser === undefined) process.exit(1);
const service = await startSampleService();
try {
  mkdirSync(FOLDER, { recursive: true });
  for (const picture of await pictures(service)) await take(browser, service, picture);
} finally {
  await browser.close();
  await service.stop();
}

async function pictures({ judge, analyse, analysed }: SampleService): Promise<Picture[]> {
  const { pipelineId } = await judge(sampleConfig(20));
  const analysis = await analyse(sampleConfig(20), {
    startTimeIso: new Date(SLOW_NOON).toISOString(),
    endTimeIso: new Date(SLOW_NOON + 5 * HOUR).toISOString(),
    analysisIntervalMins: 20,
    lookbackMins: 60,
    thresholds: { pass: 95, marginal: 60 },
  });
  await analysed(analysis);
  const path = `/reports/${pipelineId}`;
  return [
    { name: 'report-light', colorScheme: 'light', path },
    { name: 'report-dark', colorScheme: 'dark', path },
    { name: 'metric', colorScheme: 'light', path, height: 880, prepare: openFirstMetric },
    { name: 'analysis', colorScheme: 'light', path: `/reports/${analysis}` },
  ];
}

/** The charts of the first failure, which is open, with the pointer on them. */
async function openFirstMetric(page: Page): Promise<void> {
  await page.evaluate("document.querySelector('#m1').scrollIntoView()");
  const box = await page.locator('#m1 .frame.lines').boundingBox();
  if (box === null) throw new Error('the chart has no place');
  await page.mouse.move(box.x + box.width * 0.62, box.y + box.height / 2);
}

async function take(chromium: Browser, { baseUrl }: SampleService, picture: Picture): Promise<void> {
  const { name, colorScheme, path, height = SIZE.height, prepare } = picture;
  const { page, problems, close } = await watchedPage(chromium, { ...SIZE, height, colorScheme });
  await page.goto(baseUrl + path);
  await prepare?.(page);
  const file = join(FOLDER, `${name}.png`);
  await page.screenshot({ path: file });
  await close();
  const { size } = statSync(file);
  if (problems.length > 0) throw new Error(`${name}: ${problems.join('; ')}`);
  if (size > MOST_BYTES) throw new Error(`${file} is ${size} bytes; a README should not weigh so much`);
  console.log(`${file}: ${Math.round(size / 1024)} KB`);
}
