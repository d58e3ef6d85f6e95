import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InputError, judge, type MetricPair } from '../../src/library/index.ts';

const PAIR: MetricPair = {
  name: 'latency',
  values: {
    control: [101, 99, 103, 100, 98, 102, 101, 97, 100, 99, 103, null],
    experiment: [131, 128, 135, 130, 127, 133, 129, 131, 134, 128, 130, Number.NaN],
  },
};

describe('the library', () => {
  it('judges pairs alone: every metric counts alike', async () => {
    const { judgeName, score, results } = await judge({
      pairs: [PAIR, { ...PAIR, name: 'as before', values: same() }],
    });
    expect(judgeName).toBe('HaldaneJudge-v1.0');
    expect(score).toMatchObject({ score: 50, classification: 'Fail' });
    expect(results.map(({ name, classification }) => [name, classification])).toEqual([
      ['latency', 'High'],
      ['as before', 'Pass'],
    ]);
    expect(results[0]?.evidence?.sentence).toContain('30 % higher');
  });

  it('gives the same verdict as POST /judge for the request of its example', async () => {
    const { request, response } = JSON.parse(readFileSync('openapi/examples/operations/judge.json', 'utf8'));
    const { canaryConfig: config, scoreThresholds: thresholds, metricSetPairList: pairs } = request;
    expect((await judge({ config, thresholds, pairs })).score).toEqual(response.score);
  });

  it('leaves the input as it is and gives the same verdict again', async () => {
    const input = { pairs: [structuredClone(PAIR)] };
    expect(await judge(input)).toEqual(await judge(input));
    expect(input).toEqual({ pairs: [PAIR] });
  });

  it('passes no canary without data', async () => {
    const { score } = await judge({ pairs: [{ name: 'latency', values: { control: [], experiment: [] } }] });
    expect(score).toMatchObject({ score: 0, classification: 'Fail' });
  });

  it.each([
    [{ pairs: [] }, 'pairs: has no pair; give each metric one'],
    [{}, 'pairs: must be a list: a pair for each metric'],
    [{ pairs: [{ ...PAIR, value: 1 }] }, "pairs[0].value: not known, does nothing; did you mean 'values'?"],
    [{ pairs: [PAIR], treshold: 1 }, "has a field that is not known: 'treshold'; leave it out"],
    [{ pairs: [PAIR], thresholds: { pass: 5, marginal: 7 } }, 'thresholds.pass: must not be below marginal (got 5)'],
    [{ pairs: [{ ...PAIR, values: { control: ['x'] } }] }, 'pairs[0].values.control[0]: "x" is not a number; write a'],
    [{ pairs: [PAIR], config: { judge: { name: 'x' } } }, "canary judge 'x'. Known judges: NetflixACAJudge-v1.0"],
    [{ pairs: [PAIR], config: { metrics: [{ name: 'other' }] } }, "Metric 'latency' is not in the config"],
    [undefined, 'input: '],
  ])('refuses %j', async (input, message) => {
    const failure = await judge(input as never).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InputError);
    expect((failure as Error).message).toContain(message);
  });

  it('stops when it is told to', async () => {
    await expect(judge({ pairs: [PAIR] }, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    );
  });
});

function same() {
  return { control: PAIR.values.control ?? [], experiment: PAIR.values.control ?? [] };
}
