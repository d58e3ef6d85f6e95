import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { CanaryJudgeResult } from '../../../src/domain/canary-judge-result.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { runHaldane } from '../run-haldane.ts';

// The first call loads the command, which takes seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const CONFIG = 'test/fixtures/models/model.yml';

async function judged(file: string) {
  const { code, out } = await runHaldane(['judge', file, '--config', CONFIG, '--output', 'json']);
  const { results, score } = JSON.parse(out) as CanaryJudgeResult;
  const counted = results.filter(({ muted }) => !muted);
  const clauses = Object.fromEntries(counted.map(({ name, evidence }) => [name, evidence?.clause]));
  return { code, verdict: score.classification, clauses };
}

describe('outputs of a champion and a challenger, as an evaluator writes them', () => {
  it('pass where nothing but chance is between them', async () => {
    const { code, verdict, clauses } = await judged('test/fixtures/models/outputs-sound.jsonl');
    expect([code, verdict]).toEqual([0, 'Pass']);
    expect(clauses).toEqual({
      label: 'noDrift',
      hallucinated: 'noDrift',
      refused: 'noDrift',
      correct: 'noDrift',
      'scores.answer_relevancy': 'noDrift',
      'scores.faithfulness': 'noDrift',
      latency_ms: 'noDrift',
      ttft_ms: 'noDrift',
    });
  });

  it('fail by a challenger that predicts other classes, makes things up, is slower and less often right', async () => {
    const { code, verdict, clauses } = await judged('test/fixtures/models/outputs-drifted.jsonl');
    expect([code, verdict]).toEqual([1, 'Fail']);
    // 14 refusals more and 6 less are too few to tell, one error budget being shared by eight metrics.
    expect(Object.entries(clauses).filter(([, clause]) => clause !== 'drift')).toEqual([['refused', 'noDrift']]);
  });
});

describe('records that cannot be read', () => {
  it.each<[string, string[], string]>([
    [
      'of an arm that is none',
      ['{"arm":"champion","a":1}', '{"arm":"b","a":1}'],
      'line 2: arm is "b"; write one of baseline',
    ],
    ['that are not JSON', ['{"arm":"champion","a":1}', '{'], 'line 2 is not JSON'],
    ['with a list', ['{"arm":"champion","a":[1]}'], 'line 1: a is a list; give a metric one value'],
    [
      'of one request twice',
      ['{"arm":"champion","request":1,"a":1}', '{"arm":"champion","request":1,"a":2}'],
      "lines 1 and 2: both answer request '1' for one arm",
    ],
    [
      'that lack a metric of the config',
      ['{"arm":"champion","a":1}', '{"arm":"canary","a":1}'],
      "no record has the metric 'label'",
    ],
    ['of words and numbers', ['{"arm":"champion","a":1}', '{"arm":"canary","a":"x"}'], 'a is a word in some records'],
  ])('%s name the line and the remedy', async (_words, lines, message) => {
    const file = join(temporaryDirectory(), 'outputs.jsonl');
    writeFileSync(file, lines.join('\n'));
    const { code, err } = await runHaldane(['judge', file, '--config', CONFIG]);
    expect(code).not.toBe(0);
    expect(err).toContain(message);
  });

  it('that the challenger does not answer are inconclusive, not good', async () => {
    const records = Array.from({ length: 100 }, (_, request) => [
      JSON.stringify({ arm: 'champion', request, ok: true }),
      ...(request % 5 === 0 ? [] : [JSON.stringify({ arm: 'challenger', request, ok: true })]),
    ]).flat();
    const directory = temporaryDirectory();
    const [file, config] = [join(directory, 'outputs.jsonl'), join(directory, 'model.json')];
    writeFileSync(file, records.join('\n'));
    const canary = { data: 'pairs', direction: 'decrease' };
    const metrics = [{ name: 'ok', groups: ['all'], analysisConfigurations: { canary } }];
    writeFileSync(config, JSON.stringify({ judge: { name: 'DriftJudge-v1.0' }, metrics }));
    const { out } = await runHaldane(['judge', file, '--config', config]);
    expect(out).toContain('20 of 100 values of the canary are missing');
  });
});
