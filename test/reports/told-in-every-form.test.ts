import { describe, expect, it } from 'vitest';
import { verdictText } from '../../src/cli/terminal/verdict-text.ts';
import { renderJunit } from '../../src/reports/junit.ts';
import { labelledName } from '../../src/reports/labelled-name.ts';
import { renderMarkdown } from '../../src/reports/markdown.ts';
import { reportMain } from '../../src/web/report/report-main.ts';
import { sampleConfig } from '../support/samples/report-samples.ts';
import { samplePairs, sampleReport, sampleRun } from '../support/samples/sample-run.ts';

const WORDS = 'the answer is partial: 1 of 3 clusters were skipped';

/** One metric whose series are told apart by their zone; the store warned of the canary's. */
function twoZones() {
  const [pair] = samplePairs(1, 60);
  if (pair === undefined) throw new Error('no sample');
  const query = { query: 'q' };
  const pairs = ['eu', 'us'].map((zone) => ({
    ...pair,
    id: `pair-${zone}`,
    tags: { zone },
    attributes: { control: query, experiment: { ...query, ...(zone === 'us' ? { warnings: WORDS } : {}) } },
  }));
  return { config: sampleConfig(1), pairs };
}

describe('a metric with several series', () => {
  it('is named with the tags of each in Markdown, JUnit and text', async () => {
    const report = await sampleReport(1, 60, twoZones());
    expect(report.metrics.map(labelledName).sort()).toEqual([
      expect.stringContaining('{zone=eu}'),
      expect.stringContaining('{zone=us}'),
    ]);
    const { run, pairs } = await sampleRun(1, 60, twoZones());
    for (const text of [renderMarkdown(report), renderJunit(report), await verdictText(run, pairs)]) {
      expect(text).toContain('{zone=eu}');
      expect(text).toContain('{zone=us}');
    }
  });
});

describe('the words of a store', () => {
  it('are told in every form, with the series they are about', async () => {
    const report = await sampleReport(1, 60, twoZones());
    expect(report.warnings.join('\n')).toMatch(/\{zone=us\}: Canary: the store warns: the answer is partial/);
    const { run, pairs } = await sampleRun(1, 60, twoZones());
    const forms = [
      renderMarkdown(report),
      renderJunit(report),
      await reportMain(report, 'page'),
      await verdictText(run, pairs),
    ];
    for (const text of forms) {
      expect(text).toContain(WORDS);
    }
  });
});
