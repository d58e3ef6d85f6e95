import { describe, expect, it } from 'vitest';
import { readPairs } from '../../../src/cli/judge/read-pairs.ts';

const pairsOf = (text: string) =>
  readPairs(text, 'file').pairs.map(({ name, values }) => [name, values.control, values.experiment]);
const ONE = [['metric', [1, 2], [3, 4]]];

describe('readPairs', () => {
  it.each([
    ['1 3\n2 4\n', ONE],
    ['1,3\r\n2,4', ONE],
    ['1\t3\n2\t4\n', ONE],
    ['baseline,canary\n1,3\n2,4\n', ONE],
    ['time;canary;baseline\na;3;1\nb;4;2\n', ONE],
    ['Control,Experiment\n1,3\n2,4\n', ONE],
    ['{"baseline": [1, 2], "canary": [3, 4]}', ONE],
    ['{"control": [1, 2], "experiment": [3, 4]}', ONE],
    ['[{"name": "metric", "values": {"control": [1, 2], "experiment": [3, 4]}}]', ONE],
    ['{"metricSetPairList": [{"name": "metric", "values": {"control": [1, 2], "experiment": [3, 4]}}]}', ONE],
  ])('reads %j', (text, pairs) => {
    expect(pairsOf(text)).toEqual(pairs);
  });

  it('reads several metrics, in the order of the file', () => {
    expect(pairsOf('metric,baseline,canary\nb,1,2\na,3,4\nb,5,6\n')).toEqual([
      ['b', [1, 5], [2, 6]],
      ['a', [3], [4]],
    ]);
  });

  it('takes an empty cell for a gap', () => {
    expect(pairsOf('baseline,canary\n1,\n,4\nNaN,5\n')).toEqual([
      ['metric', [1, Number.NaN, Number.NaN], [Number.NaN, 4, 5]],
    ]);
  });

  it('takes config and thresholds of a request to /judge', () => {
    const text = JSON.stringify({
      canaryConfig: { name: 'c' },
      scoreThresholds: { pass: 90, marginal: 60 },
      metricSetPairList: [{ name: 'm', values: { control: [1], experiment: ['NaN'] } }],
    });
    expect(readPairs(text, 'file')).toMatchObject({
      config: { name: 'c' },
      thresholds: { pass: 90, marginal: 60 },
      pairs: [{ values: { experiment: [Number.NaN] } }],
    });
  });

  it.each([
    ['', 'file is empty; write JSON'],
    ['1 2\n3\n', 'file, line 2: 1 columns instead of two'],
    ['1 2\n3 x\n', "file, line 2, canary: 'x' is not a number; leave the cell empty for a gap"],
    ['baseline,other\n1,2\n', 'file has no column canary or experiment; it has baseline, other'],
    ['baseline,canary\n', 'file has a header and no numbers'],
    ['{"a": 1}', 'file holds no series'],
    ['[{"name": 1}]', 'file: [0].name'],
    ['[1', 'file is not JSON'],
  ])('refuses %j: %s', (text, message) => {
    expect(() => readPairs(text, 'file')).toThrow(message);
  });
});
