import { describe, expect, it } from 'vitest';
import { providers } from '../../providers/index.ts';
import { readConfig } from '../../src/config/config.ts';
import { formatAgo } from '../../src/web/relative-time.ts';
import type { RunFilters } from '../../src/web/runs/run-filters.ts';
import { runsAddress } from '../../src/web/runs/run-filters.ts';
import type { RunRow } from '../../src/web/runs/run-line.ts';
import { renderRunsPage } from '../../src/web/runs/runs-page.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const FILTERS: RunFilters = { show: 'runs', application: '', verdict: '', status: '', config: '', from: '', to: '' };
const line = (changes: Partial<RunRow> = {}): RunRow => ({
  id: '01A',
  application: 'shop',
  config: { id: 'c', name: 'checkout' },
  status: 'succeeded',
  complete: true,
  verdict: 'Fail',
  scores: [{ score: 39.2, verdict: 'Fail', thresholds: { pass: 95, marginal: 75 } }],
  sides: [{ control: 'v1', experiment: 'v2' }],
  progress: 1,
  acceptedMillis: NOW - 90_000,
  durationMillis: 2000,
  ...changes,
});
const render = (lines: RunRow[], changes = {}) =>
  renderRunsPage({
    filters: FILTERS,
    choices: { applications: [], configs: [] },
    lines,
    later: false,
    accounts: { accounts: {} },
    nowMillis: NOW,
    baseUrl: 'http://127.0.0.1:8090',
    ...changes,
  });

describe('the list of runs', () => {
  it('tells verdict and score in words and numbers, when it was, and how long it took', () => {
    const page = render([line()]);
    for (const text of ['Fail', '<b>39.2</b>', '1 min ago', '2026-01-01 11:58:30 UTC', '2 s', 'v1', 'v2']) {
      expect(page).toContain(text);
    }
    expect(page).toContain('data-live="quiet"');
  });

  it('shows how far a run is, and is looked at again', () => {
    const page = render([line({ complete: false, status: 'running', verdict: undefined, scores: [], progress: 0.5 })]);
    expect(page).toContain('data-live="running"');
    expect(page).toContain('value="50"');
    expect(page).toContain('Running');
  });

  it('shows whether the metrics accounts answer, those that do not first and opened', () => {
    const accounts = {
      good: { status: 'UP', type: 'prometheus' },
      bad: { status: 'DOWN', type: 'datadog', error: 'check the <key>' },
    };
    const page = render([line()], { accounts: { accounts, checkedAgoMillis: 12_300 } });
    expect(page).toContain('checked 12 s ago');
    expect(page).toContain('Metrics accounts: 1 of 2 not usable');
    expect(page).toContain('check the &#60;key&#62;');
    expect(page.indexOf('bad')).toBeLessThan(page.indexOf('good'));
    expect(page).toMatch(/<details class="accounts" id="accounts" open>/);
    expect(render([line()], { accounts: { accounts: { good: accounts.good } } })).toMatch(/accounts" >.*all answer/);
    expect(render([line()])).not.toContain('Metrics accounts');
  });

  it('draws how the runs of a config ended, and how long they took', () => {
    const run = { canaryConfigId: 'c', status: 'succeeded', buildTime: NOW } as const;
    const runs = [
      { ...run, id: '1', verdict: 'Pass', score: 100, durationMillis: 2000 },
      { ...run, id: '2', verdict: 'Fail', score: 50, durationMillis: 4000 },
      { ...run, id: '3', status: 'terminal' as const },
    ];
    const trend = { configId: 'c', runs, judged: 2, passed: 1, medianMillis: 3000 };
    const trends = { trends: [trend], among: 500, names: new Map([['c', 'check<out>']]) };
    const page = render([line()], { trends });
    for (const text of [
      'href="/configs/c"',
      '50 % passed',
      '1 of 2, 1 without a verdict',
      '<b>3 s</b>',
      'check&#60;out&#62;',
    ])
      expect(page).toContain(text);
    expect(page).toContain('Scores of the last 3 runs, oldest first: Pass, Fail, No verdict');
    expect(page).toMatch(/<rect class="fail" x="7" y="10.0" width="5" height="10.0"/);
    expect(render([line()], { trends: { ...trends, names: new Map() } })).toContain(
      'class="trend-name" href="/?config&#61;c"',
    );
    expect(render([line()], { trends: { ...trends, trends: [{ ...trend, runs: runs.slice(1, 2) }] } })).not.toContain(
      'Trends by config',
    );
  });

  it('tells a newcomer without an account how to write one', () => {
    const page = render([], { message: 'No metrics accounts.' });
    expect(page).toContain('action="/first-verdict"');
    const sample = /aria-label="A metrics account">([^<]+)</.exec(page)?.[1] ?? '';
    const { accounts } = readConfig({ text: sample, environment: {}, providers });
    expect(accounts).toMatchObject([{ name: 'prom', type: 'prometheus' }]);
    expect(render([])).not.toContain('A metrics account');
  });

  it('says why a run has no verdict', () => {
    const failed = line({ status: 'terminal', verdict: undefined, scores: [], failure: 'the store <i>is</i> down' });
    expect(render([failed])).toContain('the store &#60;i&#62;is&#60;/i&#62; down');
  });

  it('shows the last scores of a long analysis, and how many there were before', () => {
    const scores = Array.from({ length: 23 }, (_, score) => ({ score, verdict: 'Pass', thresholds: {} }));
    const page = render([line({ scores })], { filters: { ...FILTERS, show: 'analyses' } });
    expect(page).toContain('3 before');
    expect(page).toContain('aria-label="Scores, oldest first: 3, 4, 5, ');
    expect(page).toContain('<b>22</b>');
  });

  it('has words for nothing: at first, after filtering, at the end', () => {
    expect(render([])).toContain('No canary has been judged here yet.');
    expect(render([], { filters: { ...FILTERS, application: 'x' } })).toContain('No run matches.');
    expect(render([], { later: true })).toContain('There is nothing older.');
  });
});

describe('the address of the list', () => {
  it('has only what narrows it', () => {
    expect(runsAddress(FILTERS)).toBe('/');
    expect(runsAddress({ ...FILTERS, show: 'analyses', application: 'a&b' }, 'next')).toBe(
      '/?show=analyses&application=a%26b&cursor=next',
    );
  });
});

describe('how long ago', () => {
  it.each([
    [0, 'just now'],
    [59_000, 'just now'],
    [61_000, '1 min ago'],
    [3_600_000, '1 h ago'],
    [30 * 3_600_000, '30 h ago'],
    [72 * 3_600_000, '3 d ago'],
    [-60_000, 'in 1 min'],
  ])('%i milliseconds are %s', (age, text) => {
    expect(formatAgo(NOW - age, NOW)).toBe(text);
  });
});
