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

describe('what a run waits for', () => {
  it('is told in every form, every reason of it', async () => {
    const report = await sampleReport(1, 60);
    const wait = { attempts: 3, nextAttemptMillis: Date.parse('2026-01-01T12:00:05Z') };
    const waiting = ['account a is closed', 'account b refused'].map((reason, index) => ({
      ...wait,
      reason,
      queries: 2 - index,
    }));
    const running = { ...report, complete: false, waiting, headline: 'The run is under way; 2 queries wait.' };
    expect(renderMarkdown(running)).toContain('- ⏳ 1 query waits after 3 attempts: account b refused');
    expect(renderJunit(running)).toMatch(
      /<property name="waiting" value="2 queries .*account a is closed.*account b refused/,
    );
    expect(renderJunit(report)).not.toContain('name="waiting"');
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
