import { describe, expect, it } from 'vitest';
import { runHaldane } from '../run-haldane.ts';
import { withShopService } from '../with-shop-service.ts';

const { file } = withShopService();

const PAST = ['--start', '2026-01-01T00:00:00Z', '--end', '2026-01-01T12:00:00Z', '--window', '30m'];
const backtest = (...args: string[]) => runHaldane(['config', 'backtest', file, ...PAST, ...args]);

describe('haldane config backtest', () => {
  it('prints the judges, the metrics, what is found and what to do', async () => {
    const { code, out, err } = await backtest('--baseline', 'v1', '--canary', 'v2', '--change', '50 %');
    expect(code).toBe(1);
    expect(err).toContain('24 of 24 windows\n');
    expect(out).toContain('24 of 24 windows of 30 minutes had data and were judged.\n');
    // The stand-in's v2 is slower: every window alarms.
    expect(out).toMatch(/HaldaneJudge-v1.0 +100.0 % \(24 of 24; 86.2 % to 100.0 %\)/);
    expect(out).toMatch(/latency +100.0 % \(24 of 24/);
    expect(out).toMatch(/errors +HaldaneJudge-v1.0 +50 % +100.0 %/);
    expect(out).toMatch(/latency: allow\. It alarmed in 24 of 24 windows.*allow a change of \d+ %/);
    expect(out).toContain('errors: keep. ');
  });

  it('as JSON is what the service answers', async () => {
    const judge = 'NetflixACAJudge-v1.0';
    const { code, out } = await backtest(
      '--baseline',
      'v1',
      '--arms',
      'before',
      '--judge',
      judge,
      '--change',
      'late',
      '--output',
      'json',
    );
    const { status, windows, options, report } = JSON.parse(out);
    expect(status).toBe('succeeded');
    expect(windows).toEqual({ planned: 23, done: 23 });
    expect(options).toMatchObject({ windowMinutes: 30, arms: 'before', judges: [judge], changes: ['late'] });
    expect(report.judges.map((one: { judge: string }) => one.judge)).toEqual(['HaldaneJudge-v1.0', judge]);
    expect(code).toBe(
      report.metrics.every(({ advice }: { advice: { action: string } }) => advice.action === 'keep') ? 0 : 1,
    );
  });

  it('without data exits with 1, and says that nothing is known', async () => {
    const { code, out } = await backtest('--baseline', 'empty', '--canary', 'empty2', '--change', '50 %');
    expect(code).toBe(1);
    expect(out).toContain('0 of 24 windows of 30 minutes had data');
    expect(out).toContain('note: No window had data: nothing was judged');
    expect(out).not.toContain('keep');
  });

  it('tries the releases that went well', async () => {
    await runHaldane(['config', 'apply', file]);
    const window = ['--start', '2026-01-02T00:00:00Z', '--end', '2026-01-02T01:00:00Z'];
    const { out: id } = await runHaldane(['run', 'start', 'checkout', '--baseline', 'v1', '--canary', 'v3', ...window]);
    expect(await runHaldane(['run', 'wait', id.trim()])).toMatchObject({ code: 0 });
    const asked = ['config', 'backtest', 'checkout', '--arms', 'releases', '--window', '30m', '--output', 'json'];
    const { code, out, err } = await runHaldane(asked);
    // Of one release nothing is known.
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('1 of 1 windows') });
    expect(JSON.parse(out)).toMatchObject({ options: { arms: 'releases' }, report: { judged: 1 } });
    const sides = await runHaldane([...asked, '--baseline', 'v1']);
    expect(sides).toMatchObject({ code: 64, err: expect.stringContaining('leave --baseline out') });
  });

  it.each([
    [['--baseline', 'v1', '--canary', 'v2', '--releases', '3'], 'reads no releases'],
    [['--baseline', 'v1', '--canary', 'v2', '--window', '90s'], "--window: '90s' is no whole number of minutes"],
    [['--baseline', 'v1', '--canary', 'v2', '--change', '60 %'], '--change: '],
    [['--baseline', 'v1', '--canary', 'v2', '--arms', 'both'], "--arms: 'both' is not known"],
    [['--baseline', 'v1'], '--canary: missing'],
    [['--baseline', 'v1', '--canary', 'v2', '--judge', 'Solomon'], "'Solomon'"],
  ])('answers %j with 64 and what to do', async (args, message) => {
    const { code, err } = await backtest(...args);
    expect(code).toBe(64);
    expect(err).toContain(message);
  });
});
