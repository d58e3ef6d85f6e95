import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { verdictText } from '../../../src/cli/terminal/verdict-text.ts';
import { sampleRun } from '../../support/samples/sample-run.ts';

const WAITS = { waitsUntilMillis: Date.parse('2026-01-01T12:05:00Z'), waitsUntilIso: '2026-01-01T12:05:00Z' };

describe('a run in the terminal', () => {
  it('without a verdict says that it waits for its window, or why it has none', async () => {
    const { result: _, ...run } = (await sampleRun(1, 60)).run;
    const waiting = { ...run, status: 'not_started', complete: false, ...WAITS } as const;
    expect(await verdictText(waiting, [])).toBe(
      'not_started: the run waits until 2026-01-01 12:05 UTC for the window to end',
    );
    expect(await verdictText({ ...run, status: 'canceled' }, [])).toBe('canceled: no result');
  });

  it('says that its window had not ended, and on how much of it the verdict stands', async () => {
    const { run, pairs } = await sampleRun(1, 60);
    const scopes = run.canaryExecutionRequest.scopes ?? {};
    const start = Date.parse(scopes.default?.controlScope?.start ?? '');
    const partial = { ...run, partial: true, startTimeMillis: start + 1_800_000 };
    const text = stripVTControlCharacters(await verdictText(partial, pairs));
    expect(text).toMatch(/headline .*The window had not ended: judged on 30 of 60 expected points\./);
    expect(stripVTControlCharacters(await verdictText(run, []))).not.toContain('had not ended');
  });
});
