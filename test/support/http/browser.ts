import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const AXE = readFileSync(new URL('../../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const PHONE_WIDTH = 390;
const DESK_WIDTH = 1440;

/** Ways to view a page; each must be readable. */
export const LOOKS = (['light', 'dark'] as const).flatMap((colorScheme) =>
  [DESK_WIDTH, PHONE_WIDTH].map((width) => ({ colorScheme, width })),
);

export interface PageOptions {
  readonly colorScheme?: 'light' | 'dark';
  /** CSS pixels */
  readonly width?: number;
  readonly height?: number;
  /** whether the page's scripts run; default true */
  readonly scripts?: boolean;
  /** device pixels for each CSS pixel, for screenshots */
  readonly scale?: number;
}

/** A page in its own browser context, with its errors. */
export interface WatchedPage {
  readonly page: Page;
  /** console errors, uncaught errors, failed requests: one sentence each */
  readonly problems: string[];
  /** every requested address except `data:` */
  readonly requests: string[];
  close(): Promise<void>;
}

/**
 * A headless Chromium, or undefined without one: tests that need it are then skipped with a message.
 *
 * @throws Error on a build server (`CI`), which must have one
 */
export async function requiredChromium(args: readonly string[] = []): Promise<Browser | undefined> {
  const executablePath = findChromium();
  if (executablePath !== undefined) {
    return chromium.launch({ executablePath, args: [...args, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])] });
  }
  const message = 'no chromium on PATH; apt-get install chromium';
  if (process.env.CI) throw new Error(message);
  console.warn(`skipped: ${message}`);
  return undefined;
}

/**
 * What a page or its browser cancels for good reasons: the editor checks a config again while it is still checking; the
 * icon is not needed any more by a page that is left.
 */
const CANCELED = /(\/canaryConfig\/validate|-canary\.svg)$/;

/** Opens an empty page and watches it. */
export async function watchedPage(
  browser: Browser,
  { colorScheme = 'light', width = DESK_WIDTH, height = 900, scripts = true, scale = 1 }: PageOptions = {},
): Promise<WatchedPage> {
  const options: BrowserContextOptions = {
    colorScheme,
    viewport: { width, height },
    javaScriptEnabled: scripts,
    deviceScaleFactor: scale,
    reducedMotion: 'reduce',
    timezoneId: 'Asia/Kathmandu',
  };
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const problems: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`uncaught: ${error.message}`));
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? '';
    if (!(why === 'net::ERR_ABORTED' && CANCELED.test(request.url()))) problems.push(`failed: ${request.url()} ${why}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith('data:')) requests.push(request.url());
  });
  return { page, problems, requests, close: () => context.close() };
}

/**
 * The serious and critical findings of an accessibility checker, one per line. The page's security policy blocks
 * foreign scripts, so the debugger injects the checker.
 */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const violations = (await page.evaluate(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
      violations.map(({ id, impact, nodes }) => ({ id, impact, at: nodes.slice(0, 3).map(({ target, failureSummary }) => target + ': ' + failureSummary) })))`,
  )) as { id: string; impact: string; at: string[] }[];
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, impact, at }) => `${impact}: ${id}: ${at.join(' | ')}`);
}

/** Whether something on the page is wider than the window, so that the whole page scrolls sideways. */
export function scrollsSideways(page: Page): Promise<boolean> {
  return page.evaluate<boolean>('document.documentElement.scrollWidth > document.documentElement.clientWidth');
}

function findChromium(): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
    .find((path) => existsSync(path));
}
