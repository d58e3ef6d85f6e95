import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CanaryConfig } from '../../src/domain/canary-config.ts';
import { toWireJson } from '../../src/domain/values/wire-json.ts';
import { jsonReport } from '../../src/reports/json-report.ts';
import { renderJunit } from '../../src/reports/junit.ts';
import { renderMarkdown } from '../../src/reports/markdown.ts';
import { titleOf } from '../../src/reports/report.ts';
import type { RunReport } from '../../src/reports/run-report.ts';
import { visibleText } from '../../src/reports/visible-text.ts';
import { renderReportFile } from '../../src/web/report/report-file.ts';
import { reportMain } from '../../src/web/report/report-main.ts';
import { anyText } from '../support/any-text.ts';
import { sampleConfig } from '../support/samples/report-samples.ts';
import { samplePairs, sampleReport } from '../support/samples/sample-run.ts';

const HOSTILE = [
  '</script><script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</style><!-- ]]> <?xml',
  '| a | b |\n| --- |',
  '`code` **bold** [link](javascript:alert(1)) ![image](https://elsewhere.test/x.png) @everyone $x$ <b>',
  '\u202ereversed \u0000\u0008\u001b[31m \ud800 \uffff',
  'x'.repeat(300),
];

/** Every text a user or a store may choose is hostile. */
async function hostileReport(text: string): Promise<RunReport> {
  const config = sampleConfig(3);
  const hostile: CanaryConfig = {
    ...config,
    name: text,
    metrics: config.metrics?.map((metric, index) => ({ ...metric, name: `${index}${text}`, groups: [text] })) ?? [],
    classifier: { groupWeights: { [text]: 100 } },
  };
  const pairs = samplePairs(3, 60).map((pair, index) => ({
    ...pair,
    name: `${index}${text}`,
    tags: { [text]: text },
    attributes: { control: { query: text, warnings: text }, experiment: { query: text } },
  }));
  const report = await sampleReport(3, 60, { config: hostile, pairs });
  const scope = { scope: text, location: text };
  const failure = { operation: text, code: 'X', message: text };
  return {
    ...report,
    id: text.toWellFormed(),
    application: text,
    scopes: [{ name: text, control: scope, experiment: scope }],
    failure,
  };
}

let report: RunReport;
beforeAll(async () => {
  report = await sampleReport(20, 60);
});

describe('the page of a report', () => {
  it.each(HOSTILE)('keeps %j text', async (text) => {
    const hostile = await hostileReport(text);
    for (const medium of ['page', 'file'] as const) {
      const main = (await reportMain(hostile, medium)).replaceAll(
        /<script type="application\/json">[^<]*<\/script>/g,
        '',
      );
      expect(main).not.toMatch(/<(?:script|img|style|\?|!--)/);
      expect(main.match(/\son\w+\s*=/g)).toBeNull();
      expect(visibleText(main)).toBe(main);
    }
    expect(titleOf(hostile)).toContain(visibleText(text).slice(0, 20));
  });

  it('leaves the details of what matters least to whoever opens them', async () => {
    const many = await sampleReport(200, 60);
    const page = await reportMain(many, 'page');
    expect(page.match(/<details class="metric/g)).toHaveLength(200);
    expect(page.match(/<figure class="joint"/g)).toHaveLength(40);
    expect(page.match(/data-from="\/reports\/a-run\/metrics\/m\d+"><p><a href=/g)).toHaveLength(160);
    expect(page.length).toBeLessThan(1.2 * 2 ** 20);
  });

  it('leads into the metrics store, and the file does not', async () => {
    expect(await reportMain(report, 'page')).toContain('href="http://prometheus.test:9090/prometheus/graph');
    expect(await reportMain(report, 'file')).not.toMatch(/href="(?!#)/);
  });
});

describe('the report as one file', () => {
  it('lets in its own style and scripts, by their hashes, and nothing else', async () => {
    const file = await renderReportFile(report);
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(file)?.[1]?.replaceAll('&#61;', '=') ?? '';
    const parts = [...file.matchAll(/<(?:style|script type="module")>(.*?)<\/(?:style|script)>/gs)];
    expect(parts).toHaveLength(4);
    for (const [, text = ''] of parts) {
      expect(policy).toContain(`sha256-${createHash('sha256').update(text).digest('base64')}`);
      expect(text).not.toMatch(/^(?:import|export) /m);
    }
    expect(policy).toMatch(/^default-src &#39;none&#39;; /);
    expect(policy).not.toContain('unsafe');
    expect(file).not.toMatch(/(?:src|href)="(?!data:image|#)/);
    expect(file).not.toMatch(/@import|url\((?!"data:font\/woff2;base64,)/);
  });

  it.each([
    [20, 60, 0.5],
    [20, 1440, 2],
    [200, 60, 3],
    [200, 1440, 4],
  ])('of %d metrics and %d points is smaller than %d MB', async (metrics, points, megabytes) => {
    const file = await renderReportFile(await sampleReport(metrics, points));
    expect(Buffer.byteLength(file)).toBeLessThan(megabytes * 2 ** 20);
  });
});

describe('the report as JUnit XML', () => {
  const attribute = (xml: string, name: string) =>
    [...xml.matchAll(new RegExp(`<testcase [^>]*\\b${name}="([^"]*)"`, 'g'))].map(([, value = '']) => unescaped(value));

  it('counts a case for every metric: failures fail, what says nothing is skipped', () => {
    const xml = renderJunit(report);
    expect(xml).toContain('<testsuite name="canary shop" tests="20" failures="3" errors="0" skipped="2" time="2.5"');
    expect(attribute(xml, 'name')).toEqual(report.metrics.map(({ name }) => name));
    expect(attribute(xml, 'classname')).toEqual(report.metrics.map(({ groups }) => groups.join(', ')));
    expect(xml.match(/<failure /g)).toHaveLength(3);
    expect(xml.match(/<skipped message=/g)).toHaveLength(2);
    expect(xml).toContain('<property name="score" value="77.5"/>');
  });

  it('is well-formed XML whatever the names are', () => {
    const Name = fc.oneof(anyText(), fc.constantFrom(...HOSTILE));
    fc.assert(
      fc.property(Name, (name) => {
        const [metric] = report.metrics;
        if (metric === undefined) throw new Error('no metric');
        const hostile = { ...metric, name, reason: name, whatIf: [name], groups: [name], tags: { [name]: name } };
        const xml = renderJunit({ ...report, application: name, headline: name, metrics: [hostile] });
        expect(xml).not.toMatch(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
        expect(xml.isWellFormed()).toBe(true);
        expect(xml.replaceAll(/&(?:amp|lt|gt|quot);/g, '')).not.toContain('&');
        expect(skeletonOf(xml)).toBe(skeletonOf(renderJunit({ ...report, metrics: [metric] })));
      }),
    );
  });

  it('is an error of its own where there is no verdict', async () => {
    const xml = renderJunit(await hostileReport('x'));
    expect(xml).toContain('errors="1"');
    expect(xml).toContain('<error type="X" message="x"/>');
  });
});

/** The elements of a document, without texts. */
function skeletonOf(xml: string): string {
  return xml.replaceAll(/"[^"]*"/g, '""').replaceAll(/>[^<]+</g, '><');
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}

describe('the report as Markdown', () => {
  it('tells verdict, failures with their reasons, groups, and folds the passes', () => {
    const markdown = renderMarkdown(report);
    expect(markdown.split('\n')[0]).toBe('### ⚠️ Canary shop · shop, every release · v41 → v42: Marginal, 77.5 of 100');
    expect(markdown).toContain('| cache hits | Low | 92.2 → 89.5 % | **−3 %** at most −2.6 % | Any decrease counts. |');
    expect(markdown).toContain('<details><summary>15 metrics passed</summary>');
    expect(markdown).toContain(
      'A pass needs all of: “failed requests”, “latency, 95th percentile”; the score would then be 96.67.',
    );
    expect(markdown.length).toBeLessThan(8000);
  });

  it('has as many cells in every row as in its head, whatever the names are', () => {
    const Name = fc.oneof(anyText(), fc.constantFrom(...HOSTILE));
    fc.assert(
      fc.property(Name, (name) => {
        const metrics = report.metrics.map((metric) => ({ ...metric, name, reason: name }));
        const lines = renderMarkdown({ ...report, metrics, application: name, headline: name }).split('\n');
        const rows = lines.filter((line) => line.startsWith('| ')).map((line) => line.replaceAll(/\\./g, ''));
        expect(new Set(rows.map((row) => row.split('|').length - 2))).toEqual(new Set([5, 4, 3]));
      }),
    );
  });

  it.each(HOSTILE)('keeps %j text', async (text) => {
    const markdown = renderMarkdown(await hostileReport(text)).replaceAll(/\\./g, '');
    const own = /<\/?(?:details|summary)>/g;
    // A quotation begins with the sign, too.
    expect(markdown.replaceAll(own, '')).not.toMatch(/<|(?<!^)>/m);
    expect(markdown).not.toMatch(/@[a-z]|:\/\/|\]\(|`|\$/);
    expect(visibleText(markdown)).toBe(markdown);
  });
});

describe('the report as JSON', () => {
  it('is the same in pieces as in one', async () => {
    for (const one of [report, { ...report, metrics: [] }, { ...report, metrics: report.metrics.slice(0, 1) }]) {
      let text = '';
      for await (const piece of jsonReport(one)) text += piece;
      expect(JSON.parse(text)).toEqual(JSON.parse(toWireJson(one)));
    }
  });
});
