import { describe, expect, it } from 'vitest';
import type { MetricReport } from '../../src/reports/metric-report.ts';
import type { RunReport } from '../../src/reports/run-report.ts';
import { compareRuns } from '../../src/web/compare/run-comparison.ts';

const run = (...metrics: Partial<MetricReport>[]) =>
  ({ metrics: metrics.map((m) => ({ tags: {}, ...m })) }) as RunReport;
const pass = (name: string, more = {}) => ({ name, classification: 'Pass', standing: 'pass', ...more }) as const;
const high = (name: string, more = {}) => ({ name, classification: 'High', standing: 'failure', ...more }) as const;

describe('two runs', () => {
  it('are compared metric by metric, those that changed first, then the worst', () => {
    const a = run(pass('same'), high('bad in both'), pass('got worse'), high('got better'));
    const b = run(pass('same'), high('bad in both'), high('got worse'), pass('got better'));
    const compared = compareRuns(a, b).map(({ name, changed }) => [name, changed]);
    expect(compared).toEqual([
      ['got worse', true],
      ['got better', true],
      ['bad in both', false],
      ['same', false],
    ]);
  });

  it('have the series of one metric told apart by their tags, in any order', () => {
    const a = run(pass('m', { tags: { zone: 'a', host: '1' } }), pass('m', { tags: { zone: 'b', host: '1' } }));
    const b = run(high('m', { tags: { host: '1', zone: 'b' } }), pass('m', { tags: { host: '1', zone: 'a' } }));
    expect(compareRuns(a, b).map(({ tags, changed }) => [tags.zone, changed])).toEqual([
      ['b', true],
      ['a', false],
    ]);
  });

  it('may have metrics of their own, which count as changed', () => {
    const [only] = compareRuns(run(), run(pass('new')));
    expect(only).toMatchObject({ name: 'new', changed: true, a: undefined, b: { name: 'new' } });
  });

  it('differ when a failure became critical, though the label is the same', () => {
    const [metric] = compareRuns(run(high('m')), run(high('m', { standing: 'critical failure' })));
    expect(metric?.changed).toBe(true);
  });
});
