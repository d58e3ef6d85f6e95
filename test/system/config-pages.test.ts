import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CanaryConfig } from '../../src/domain/canary-config.ts';
import {
  accessibilityProblems,
  LOOKS,
  requiredChromium,
  scrollsSideways,
  watchedPage,
} from '../support/http/browser.ts';
import { eventually, type PageService, shopConfig, startPageService } from '../support/http/page-service.ts';

const browser = await requiredChromium();
const HOSTILE = '<img src=x onerror="document.title=1">';

describe.runIf(browser)('the pages of configs', () => {
  let service: PageService;
  beforeAll(async () => {
    service = await startPageService();
  });
  afterAll(async () => {
    await service.stop();
    await browser?.close();
  });
  const open = async (path: string, look = {}) => {
    const watched = await watchedPage(browser as Browser, look);
    await watched.page.goto(service.baseUrl + path);
    return watched;
  };
  const stored = async (id: string) => (await service.ask('GET', `/canaryConfig/${id}`)) as CanaryConfig;
  const idOf = (page: Page) => new URL(page.url()).pathname.split('/').at(-1) ?? '';
  const field = (page: Page, path: string) => page.locator(`[data-path="${path}"]`);
  const errorOf = (page: Page, path: string) => page.locator(`[id="field-${path}-error"]`);

  it('creates one from a pack, with an error at the field until it is right, and shows it again as it was stored', async () => {
    const { page, problems, requests, close } = await open('/configs/new');
    await page.getByPlaceholder('product, metric or metrics store').fill('istio prometheus');
    await page.locator('.filters button').click();
    expect(await page.locator('.packs h2').allInnerTexts()).toContain('Istio');
    await page.getByRole('link', { name: 'Istio', exact: true }).click();
    await page.locator('input[value="istio-response-size"]').uncheck();
    await page.getByRole('button', { name: 'Go on to the editor' }).click();
    // Nothing is wrong before a key is pressed.
    await expect
      .poll(() => page.locator('#state').innerText(), { timeout: 10_000 })
      .toBe('Still needed: name, applications.');
    expect(await page.locator('.error:visible').count()).toBe(0);
    await field(page, 'name').fill('wrong name');
    await expect.poll(() => errorOf(page, 'name').innerText()).toContain('Names must contain only letters');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => page.evaluate('document.activeElement.dataset.path')).toBe('name');
    await field(page, 'name').fill('from-istio');
    await field(page, 'applications').fill('shop, payments');
    await page.locator('.metric-edit summary').first().click();
    const limit = 'metrics[0].analysisConfigurations.canary.effectSize.allowedIncrease';
    await field(page, limit).fill('a bit');
    await expect.poll(() => errorOf(page, limit).innerText()).toContain('write a number, without quotes');
    expect(await field(page, limit).getAttribute('aria-invalid')).toBe('true');
    expect(await page.locator('.metric-edit .marks').first().innerText()).toBe('1 to fix');
    await field(page, limit).fill('1.25');
    await field(page, 'metrics[0].query.customInlineTemplate').fill('PromQL:errors{version="${scope}"}');
    await field(page, 'metrics[0].analysisConfigurations.canary.critical').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.waitForURL(/\/configs\/[0-9a-f-]{36}$/);
    const config = await stored(idOf(page));
    expect(config).toMatchObject({ name: 'from-istio', applications: ['shop', 'payments'] });
    expect(config.metrics?.map(({ name }) => name)).not.toContain('istio-response-size');
    expect(config.metrics?.[0]?.query).toMatchObject({ customInlineTemplate: 'PromQL:errors{version="${scope}"}' });
    const canary = config.metrics?.[0]?.analysisConfigurations?.canary;
    expect(canary).toMatchObject({ critical: true, effectSize: { allowedIncrease: 1.25 } });
    await page.getByRole('link', { name: 'Edit' }).click();
    expect(await field(page, 'name').inputValue()).toBe('from-istio');
    expect(JSON.parse(await page.locator('#json').inputValue())).toEqual(config);
    expect(requests.filter((url) => !url.startsWith(service.baseUrl))).toEqual([]);
    expect(problems).toEqual([]);
    await close();
  });

  it('gives back every field it does not show, when it is saved again', async () => {
    const [first] = shopConfig().metrics ?? [];
    const analysisConfigurations = {
      canary: { direction: 'decrease', outliers: { strategy: 'remove' } },
      other: { a: 1 },
    };
    const metrics = first === undefined ? [] : [{ ...first, analysisConfigurations }];
    const id = await service.storeConfig({ name: 'kept', metrics, templates: { t: 'a="${b}"' } });
    const before = await stored(id);
    const { page, problems, close } = await open(`/configs/${id}/edit`);
    await field(page, 'description').fill('said otherwise');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.waitForURL(`**/configs/${id}`);
    const { updatedTimestamp: _, updatedTimestampIso: _iso, ...after } = await stored(id);
    const { updatedTimestamp: _b, updatedTimestampIso: _bi, ...expected } = before;
    expect(after).toEqual({ ...expected, description: 'said otherwise' });
    expect(problems).toEqual([]);
    await close();
  });

  it('edits one object as a form and as JSON', async () => {
    const id = await service.storeConfig({ name: 'both' });
    const { page, problems, close } = await open(`/configs/${id}/edit`);
    await page.getByRole('tab', { name: 'JSON' }).click();
    await page.locator('#json').fill('{ "name": ');
    await expect.poll(() => page.locator('#problems').innerText()).toContain('Not JSON');
    await page.locator('#json').fill(JSON.stringify(shopConfig({ name: 'as-json', applications: ['shop'] })));
    await page.getByRole('tab', { name: 'Form' }).click();
    expect(await field(page, 'name').inputValue()).toBe('as-json');
    await page.getByRole('button', { name: 'Add a metric' }).click();
    expect(await page.evaluate('document.activeElement.dataset.path')).toBe('metrics[3].name');
    await field(page, 'metrics[3].name').fill('added');
    await page.getByRole('tab', { name: 'JSON' }).click();
    expect(JSON.parse(await page.locator('#json').inputValue()).metrics[3]).toMatchObject({ name: 'added' });
    expect(problems).toEqual([]);
    await close();
  });

  it('has a field for each setting of HaldaneJudge and for second queries, in step with the JSON', async () => {
    const id = await service.storeConfig({ name: 'settings', judge: { name: 'HaldaneJudge-v1.0' } });
    const { page, problems, close } = await open(`/configs/${id}/edit`);
    const written = async () => JSON.parse(await page.locator('#json').inputValue());
    await page.locator('.metric-edit > summary').first().click();
    const section = (name: string) => page.locator('.metric-edit details.settings').filter({ hasText: name });
    const canary = 'metrics[0].analysisConfigurations.canary';
    await field(page, `${canary}.importance`).selectOption('advisory');
    await field(page, `${canary}.minimumEffect`).fill('0.05');
    await section('Requests behind it').locator('> summary').click();
    await field(page, 'metrics[0].query.denominator.expr').fill('requests{version="${scope}"}');
    await field(page, `${canary}.valuesAre`).selectOption('share');
    await field(page, `${canary}.traffic`).selectOption('load');
    await section('Missing data').locator('> summary').click();
    await field(page, `${canary}.warmUpMinutes`).fill('3');
    await page
      .locator('details.settings')
      .filter({ hasText: 'What is known of both sides' })
      .locator('> summary')
      .click();
    await field(page, 'judge.judgeConfigurations.history').fill('24h');
    await field(page, 'judge.judgeConfigurations.arms.traffic').selectOption('equal');
    const { judge, metrics } = await written();
    expect(judge.judgeConfigurations).toEqual({ history: '24h', arms: { traffic: 'equal' } });
    expect(metrics[0].query.denominator).toEqual({ expr: 'requests{version="${scope}"}' });
    const settings = {
      importance: 'advisory',
      minimumEffect: 0.05,
      valuesAre: 'share',
      traffic: 'load',
      warmUpMinutes: 3,
    };
    expect(metrics[0].analysisConfigurations.canary).toMatchObject(settings);
    // A second query without any field is none, and the setting that needs it is wrong at its field.
    await page.locator('.companion .cm-content').first().fill('');
    expect((await written()).metrics[0].query).not.toHaveProperty('denominator');
    await expect.poll(() => errorOf(page, `${canary}.valuesAre`).innerText()).toContain('ask for the requests');
    // What the JSON says is shown, and what must be fixed is not folded away.
    metrics[0].query.denominator = { metricName: '' };
    metrics[0].analysisConfigurations.canary.tau = 'much';
    await page.getByRole('tab', { name: 'JSON' }).click();
    await page.locator('#json').fill(JSON.stringify({ judge, ...(await written()), metrics }));
    await page.getByRole('tab', { name: 'Form' }).click();
    await expect.poll(() => errorOf(page, `${canary}.tau`).isVisible()).toBe(true);
    expect(await field(page, 'metrics[0].query.denominator.metricName').isVisible()).toBe(true);
    await field(page, 'judge.name').selectOption('NetflixACAJudge-v1.0');
    await field(page, 'metrics[0].query.denominator.metricName').waitFor();
    expect(await page.locator('.companion .error.advice').first().innerText()).toContain('does not read it');
    expect(problems).toEqual([]);
    await close();
  });

  it('saves without scripts, and tells on the page what is wrong', async () => {
    const { page, close } = await open('/configs/new?blank=true', { scripts: false });
    await page.locator('#json').fill(JSON.stringify(shopConfig({ name: 'wrong name' })));
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await page.locator('#problems').innerText()).toContain('Names must contain only letters');
    expect(JSON.parse(await page.locator('#json').inputValue()).name).toBe('wrong name');
    await page.locator('#json').fill(JSON.stringify(shopConfig({ name: 'plain' })));
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await page.locator('h1').innerText()).toBe('plain');
    expect(await stored(idOf(page))).toMatchObject({ name: 'plain' });
    await close();
  });

  it('shows the exact queries of both sides before it is saved, and draws what the store answers', async () => {
    const { page, problems, close } = await open('/configs/new?blank=true');
    await page.getByRole('tab', { name: 'JSON' }).click();
    await page.locator('#json').fill(JSON.stringify(shopConfig({ name: 'tried' })));
    await page.locator('#try-control-0').fill('v1');
    await page.locator('#try-experiment-0').fill('v2');
    await page.getByRole('button', { name: 'Show the queries' }).click();
    const texts = page.locator('#tried-0 pre');
    await texts.first().waitFor();
    expect(await texts.allInnerTexts()).toEqual(['latency{version="v1"}', 'latency{version="v2"}']);
    const sent = () => service.shop.asked.filter((query) => query.startsWith('latency'));
    expect(sent()).toEqual([]);
    await page.locator('#tried-0').getByRole('button', { name: 'Draw the series' }).click();
    await page.locator('#tried-0 svg.plot').first().waitFor();
    expect(sent()).toEqual(['latency{version="v1"}', 'latency{version="v2"}']);
    expect(await page.locator('#tried-0 svg.lines path.arm').count()).toBe(2);
    expect(await page.locator('#json').inputValue()).toContain('"tried"');
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(problems).toEqual([]);
    await close();
  });

  it('tells where the series would be why there are none', async () => {
    const metrics = [
      {
        name: 'm',
        query: { type: 'prometheus', serviceType: 'prometheus', expr: 'broken' },
        groups: ['g'],
        scopeName: 'default',
      },
    ];
    const id = await service.storeConfig({ name: 'refused', metrics, classifier: { groupWeights: { g: 100 } } });
    const { page, problems, close } = await open(`/configs/${id}?try=queries&draw=0`);
    expect(await page.locator('#tried-0').innerText()).toContain('parse error: unexpected end of input');
    await page.locator('#try-start').fill('yesterday');
    await page.getByRole('button', { name: 'Show the queries' }).click();
    await page.locator('#try-start-error').waitFor();
    expect(await page.locator('#try-start').getAttribute('aria-describedby')).toContain('try-start-error');
    expect(problems).toEqual([]);
    await close();
  });

  it.each([true, false])('judges a window and lands on its report; scripts: %s', async (scripts) => {
    const id = await service.storeConfig({ name: `past-${scripts}` });
    const { page, close } = await open(`/configs/${id}?control=v1&experiment=v2`, { scripts });
    await page.locator('#try-start').fill('2026-01-01T12:00:00Z');
    await page.locator('#try-end').fill('2026-01-01T13:00:00Z');
    await page.locator('#try-pass').fill('70');
    await page.locator('#try-marginal').fill('50');
    await page.getByRole('button', { name: 'Judge this window' }).click();
    await page.waitForURL('**/reports/*');
    const run = (await service.ask('GET', `/canary/${idOf(page)}`)) as {
      canaryConfigId: string;
      canaryExecutionRequest: unknown;
    };
    expect(run).toMatchObject({
      canaryConfigId: id,
      canaryExecutionRequest: {
        thresholds: { pass: 70, marginal: 50 },
        scopes: { default: { controlScope: { scope: 'v1', start: '2026-01-01T12:00:00Z', step: 60 } } },
      },
    });
    const marginal = page.locator('h1', { hasText: 'Marginal' });
    // With scripts the report follows the run by itself.
    if (scripts) await marginal.waitFor();
    else
      expect(await eventually(async () => (await page.reload()) !== null && (await marginal.count()) > 0)).toBe(true);
    await close();
  });

  it('keeps the last values in the address', async () => {
    const id = await service.storeConfig({ name: 'remembered' });
    const { page, close } = await open(`/configs/${id}`);
    await page.locator('#try-control-0').fill('stable');
    await page.getByRole('button', { name: 'Show the queries' }).click();
    await page.locator('#tried-0').waitFor();
    expect(new URL(page.url()).searchParams.get('control')).toBe('stable');
    await page.reload();
    expect(await page.locator('#try-control-0').inputValue()).toBe('stable');
    expect(await page.context().cookies()).toEqual([]);
    await close();
  });

  it('shows hostile texts as texts', async () => {
    const [first] = shopConfig().metrics ?? [];
    const query = { type: 'prometheus', serviceType: 'prometheus', expr: `${HOSTILE}\${scope}` };
    const metrics =
      first === undefined ? [] : [{ ...first, name: HOSTILE, groups: [HOSTILE, '__proto__', 'constructor'], query }];
    const weights = { [HOSTILE]: 50, constructor: 50 };
    const changes = { name: 'hostile', description: HOSTILE, applications: [HOSTILE], metrics };
    const id = await service.storeConfig({ ...changes, classifier: { groupWeights: weights } });
    for (const path of [
      '/configs',
      `/configs/${id}?try=queries&control=${encodeURIComponent(HOSTILE)}`,
      `/configs/${id}/edit`,
    ]) {
      const { page, problems, close } = await open(path);
      expect(await page.locator('main img').count()).toBe(0);
      expect(await page.title()).toContain('Haldane');
      expect(await page.content()).toContain('&lt;img src=x');
      expect(problems).toEqual([]);
      await close();
    }
  });

  it.each(LOOKS)('are readable and reachable in $colorScheme at $width pixels', async (look) => {
    const id = await service.storeConfig({ name: `look-${look.colorScheme}-${look.width}` });
    const tried = `/configs/${id}?control=v1&experiment=v2&try=queries&draw=0`;
    for (const path of ['/configs', '/configs/new', '/configs/new?pack=istio', tried, `/configs/${id}/edit`]) {
      const { page, problems, close } = await open(path, look);
      for (const card of await page.locator('.metric-edit > summary').all()) await card.click();
      await page.evaluate("document.querySelectorAll('details').forEach((box) => { box.open = true; })");
      expect(await accessibilityProblems(page), path).toEqual([]);
      expect(await scrollsSideways(page), path).toBe(false);
      expect(problems).toEqual([]);
      await close();
    }
  });

  it('answers an unknown config with a page', async () => {
    const { page, close } = await open('/configs/nobody');
    expect(await page.locator('main').innerText()).toContain("No such canary config: 'nobody'.");
    await close();
  });
});
