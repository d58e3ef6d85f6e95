import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addJobSummary, annotate } from '../../../src/cli/verdict/github.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

function terminal() {
  const err: string[] = [];
  return { err, stdout: { write: () => {} }, stderr: { write: (text: string) => err.push(text) } };
}

const report = {
  score: 50,
  thresholds: { pass: 95, marginal: 75 },
  counted: 2,
  metrics: 2,
  progress: 1,
  secondsLeft: 0,
};
const verdict = (word: 'pass' | 'marginal' | 'fail' | 'nodata', reason: string, failed: string[] = []) => ({
  ...report,
  ...{ verdict: word, done: true, reason, failed, links: { report: '' } },
});

describe('annotate', () => {
  it('writes a workflow command for the verdict and for each failed metric, with what they may not contain escaped', () => {
    const { err, ...streams } = terminal();
    annotate(verdict('fail', 'up by 40 %\nand: more', ['errors, all']), streams);
    expect(err).toEqual([
      '::error title=Haldane%3A fail::up by 40 %25%0Aand: more\n',
      '::error title=Haldane%3A fail%3A errors%2C all::errors, all failed\n',
    ]);
  });

  it.each([
    ['pass', 'notice'],
    ['marginal', 'warning'],
    ['nodata', 'error'],
  ] as const)('a verdict %s is a %s', (word, level) => {
    const { err, ...streams } = terminal();
    annotate(verdict(word, 'said'), streams);
    expect(err).toEqual([`::${level} title=Haldane%3A ${word}::said\n`]);
  });
});

describe('addJobSummary', () => {
  it('appends to the file of the step', () => {
    const file = join(temporaryDirectory(), 'summary.md');
    const { err, ...streams } = terminal();
    addJobSummary('# One', { GITHUB_STEP_SUMMARY: file }, streams);
    addJobSummary('x'.repeat(2_000_000), { GITHUB_STEP_SUMMARY: file }, streams);
    expect(readFileSync(file, 'utf8')).toBe('# One\nThe report is too long for a job summary.\n');
    expect(err).toEqual([]);
  });

  it('tells a file that cannot be written', () => {
    const { err, ...streams } = terminal();
    addJobSummary('x', { GITHUB_STEP_SUMMARY: join(temporaryDirectory(), 'no', 'summary.md') }, streams);
    expect(err.join('')).toContain('the job summary');
  });
});
