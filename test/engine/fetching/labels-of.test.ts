import { expect, it } from 'vitest';
import { labelsOf } from '../../../src/engine/fetching/labels-of.ts';

it('lists labels and values once, in order, without the name of the metric', () => {
  const series: Record<string, string>[] = [
    { __name__: 'm', version: '2', job: 'shop' },
    { __name__: 'm', version: '1', job: 'shop' },
    { __name__: 'm', constructor: 'x' },
  ];
  expect(labelsOf('m', series)).toEqual({
    metric: 'm',
    labels: [
      { name: 'constructor', values: ['x'], total: 1 },
      { name: 'job', values: ['shop'], total: 1 },
      { name: 'version', values: ['1', '2'], total: 2 },
    ],
  });
});

it('says how many values there are where it does not list all', () => {
  const series = Array.from({ length: 700 }, (_, index) => ({ pod: `p${String(index).padStart(3, '0')}` }));
  const [label] = labelsOf('m', series).labels;
  expect([label?.values.length, label?.values.at(-1), label?.total]).toEqual([500, 'p499', 700]);
});
