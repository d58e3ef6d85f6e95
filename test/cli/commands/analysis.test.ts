import { describe, expect, it } from 'vitest';
import { runHaldane } from '../run-haldane.ts';
import { withShopService } from '../with-shop-service.ts';

const { file } = withShopService();

const start = (canary: string, ...more: string[]) =>
  runHaldane(['analysis', 'start', file, '--baseline', 'v1', '--canary', canary, ...more]);
const PAST = ['--start', 'now-30m', '--end', 'now'];

describe('haldane analysis', () => {
  it('starts, waits, shows, lists', async () => {
    const { code, out } = await start('v3', ...PAST);
    expect(code).toBe(0);
    const id = out.trim();
    const waited = await runHaldane(['analysis', 'wait', id]);
    expect(waited).toMatchObject({ code: 0, out: expect.stringMatching(/^pass 100 .*\nreport: http/) });
    expect((await runHaldane(['analysis', 'show', id])).out).toContain('### ✅ Canary shop');
    const shown = await runHaldane(['analysis', 'show', id, '--output', 'json']);
    expect(JSON.parse(shown.out)).toMatchObject({ pipelineId: id, complete: true });
    const listed = await runHaldane(['analysis', 'list']);
    expect(listed.out).toMatch(new RegExp(`^ID .*\\n${id} .* shop +checkout +succeeded +Pass +100\\n`));
    const json = await runHaldane(['analysis', 'list', '--application', 'shop', '--output', 'json']);
    expect(JSON.parse(json.out)).toMatchObject([{ pipelineId: id, passed: true, scores: [100] }]);
    expect((await runHaldane(['analysis', 'list', '--application', 'none'])).out).toBe('There are none.\n');
  });

  it('starts once for a key, and exits by the verdict', async () => {
    const ids = [await start('v2', ...PAST, '--key', 'k'), await start('v2', ...PAST, '--key', 'k')].map(
      ({ out }) => out,
    );
    expect(ids[1]).toBe(ids[0]);
    expect((await runHaldane(['analysis', 'wait', ids[0]?.trim() ?? ''])).code).toBe(1);
  });

  it('goes on for a lifetime, until it is canceled', async () => {
    const id = (await start('v3', '--lifetime', '1h', '--interval', '10m')).out.trim();
    const { out } = await runHaldane(['analysis', 'show', id, '--output', 'json']);
    expect(JSON.parse(out).canaryAnalysisExecutionRequest).toMatchObject({
      lifetimeDurationMins: 60,
      analysisIntervalMins: 10,
      scopes: [{ scopeName: 'default', controlScope: 'v1', experimentScope: 'v3', step: 60 }],
    });
    const late = await runHaldane(['analysis', 'wait', id, '--timeout', '1s']);
    expect(late).toMatchObject({ code: 3, err: expect.stringContaining('timeout: no verdict after 1 s') });
    expect(await runHaldane(['analysis', 'cancel', id])).toMatchObject({ code: 0 });
    expect(await runHaldane(['analysis', 'wait', id])).toMatchObject({
      code: 3,
      out: expect.stringMatching(/^canceled/),
    });
  });

  it.each([
    [[], 'say how long the analysis goes on: --lifetime 1h'],
    [['--lifetime', '90s'], "--lifetime: '90s' is no whole number of minutes"],
    [['--lifetime', 'long'], '--lifetime: must be a length of time'],
  ])('answers %j with 64 and what to do', async (flags, message) => {
    expect(await start('v3', ...flags)).toMatchObject({ code: 64, err: expect.stringContaining(message) });
  });

  it('says which there are when one is not', async () => {
    const { code, err } = await runHaldane(['analysis', 'wait', 'nope']);
    expect([code, err]).toEqual([64, expect.stringContaining('`haldane analysis list` shows which there are')]);
  });
});
