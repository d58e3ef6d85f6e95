import { describe, expect, it } from 'vitest';
import type { RunBacklog } from '../../src/domain/stores.ts';
import { Metrics } from '../../src/metrics/metrics.ts';
import { createReading } from '../../src/metrics/reading.ts';

const ended = (application: string) => ({ application, status: 'succeeded', verdict: 'pass' });

function samples(text: string, name: string): string[] {
  return text.split('\n').filter((line) => line.startsWith(name));
}

describe('what is counted', () => {
  it('is kept until the library is loaded, and loses nothing', async () => {
    const metrics = new Metrics(10);
    metrics.count('haldane_runs_total', ended('shop'));
    metrics.time('haldane_run_queue_wait_seconds', 2, {});
    await metrics.begin();
    metrics.count('haldane_runs_total', ended('shop'));
    const { text, contentType } = await metrics.text('');
    expect(samples(text, 'haldane_runs_total')).toEqual([
      'haldane_runs_total{application="shop",status="succeeded",verdict="pass"} 2',
    ]);
    expect(samples(text, 'haldane_run_queue_wait_seconds_sum')).toEqual(['haldane_run_queue_wait_seconds_sum 2']);
    expect(contentType).toMatch(/^text\/plain; version=0\.0\.4/);
  });

  it('tells so many applications apart and no more, whatever requests say', async () => {
    const metrics = new Metrics(2);
    for (const name of ['a', 'b', 'c', 'd', 'a']) metrics.count('haldane_runs_total', ended(name));
    metrics.watch(() => ({
      haldane_runs_unfinished: ['b', 'e', 'f'].map((application) => [{ application, state: 'queued' }, 2]),
    }));
    const { text } = await metrics.text('');
    expect(samples(text, 'haldane_runs_total').map((line) => line.replace(/,status.*\}/, '}'))).toEqual([
      'haldane_runs_total{application="a"} 2',
      'haldane_runs_total{application="b"} 1',
      'haldane_runs_total{application="other"} 2',
    ]);
    expect(samples(text, 'haldane_runs_unfinished')).toEqual([
      'haldane_runs_unfinished{application="b",state="queued"} 2',
      'haldane_runs_unfinished{application="other",state="queued"} 4',
    ]);
  });

  it('cannot break the text, whatever an application is called', async () => {
    const metrics = new Metrics(5);
    metrics.count('haldane_runs_total', ended('a"} 1\nhaldane_runs_total{x="\\'));
    const { text } = await metrics.text('');
    expect(samples(text, 'haldane_runs_total')).toEqual([
      'haldane_runs_total{application="a\\"} 1\\nhaldane_runs_total{x=\\"\\\\",status="succeeded",verdict="pass"} 1',
    ]);
  });

  it('is OpenMetrics for whoever accepts that, and stays what it was for the next', async () => {
    const metrics = new Metrics(5);
    metrics.count('haldane_runs_total', ended('shop'));
    const { text, contentType } = await metrics.text('application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.1');
    expect(contentType).toMatch(/^application\/openmetrics-text; version=1\.0\.0/);
    expect(text).toContain('\n# TYPE haldane_runs counter\nhaldane_runs_total{');
    expect(text).toMatch(/\n# EOF\n$/);
    expect(text).not.toMatch(/\n\n/);
    expect((await metrics.text('')).text).toContain('\n# TYPE haldane_runs_total counter\n');
  });
});

describe('the gauges of the store', () => {
  const queued = (oldestMillis: number): RunBacklog => ({ application: 'a', state: 'queued', runs: 3, oldestMillis });
  const sources = {
    accounts: () => [{ account: 'prom', type: 'prometheus', inFlight: 8, waiting: 90, paused: true }],
    enabled: () => false,
    version: '1.2.3',
    storeType: 'sqlite',
  };

  it('are read once for all who ask within a few seconds', async () => {
    let [now, asked] = [0, 0];
    const backlog = async () => {
      asked += 1;
      return [queued(42_000), { ...queued(-1), state: 'waiting' as const }];
    };
    const read = createReading({ ...sources, backlog, monotonic: () => now });
    const [one] = await Promise.all([read(), read()]);
    now = 4999;
    await read();
    expect(asked).toBe(1);
    now = 5000;
    await read();
    expect(asked).toBe(2);
    expect(one).toMatchObject({
      haldane_instance_enabled: [[{}, 0]],
      haldane_account_paused: [[{ account: 'prom', type: 'prometheus' }, 1]],
      haldane_account_requests_waiting: [[{ account: 'prom', type: 'prometheus' }, 90]],
      haldane_run_queue_oldest_age_seconds: [[{}, 42]],
      haldane_store_up: [[{}, 1]],
    });
  });

  it('are absent, not 0, while the store does not answer; the others are there', async () => {
    let fails = false;
    let now = 0;
    const backlog = async () => {
      if (fails) throw new Error('disk full');
      return [queued(1000)];
    };
    const metrics = new Metrics(5);
    metrics.watch(createReading({ ...sources, backlog, monotonic: () => now }));
    expect((await metrics.text('')).text).toContain('\nhaldane_run_queue_oldest_age_seconds 1\n');
    [fails, now] = [true, 10_000];
    const { text } = await metrics.text('');
    expect(samples(text, 'haldane_runs_unfinished')).toEqual([]);
    expect(samples(text, 'haldane_run_queue_oldest_age_seconds')).toEqual([]);
    expect(samples(text, 'haldane_store_up')).toEqual(['haldane_store_up 0']);
    expect(samples(text, 'haldane_account_paused')).toHaveLength(1);
  });

  it('are waited for two seconds', async () => {
    const read = createReading({ ...sources, backlog: () => new Promise(() => {}), monotonic: () => 0 });
    expect(await read()).toMatchObject({ haldane_store_up: [[{}, 0]] });
  });
});
