import { scaleOf } from '../../src/domain/value-scale.ts';
import { formatNumber } from './format-number.ts';

/** Values of one metric as texts, in the unit of its query, all on the scale of the largest: "237.4 ms". */
export function valuesInUnit(values: readonly number[], unit: string | undefined): string[] {
  const { factor, unit: name } = scaleOf(Math.max(...values.map(Math.abs)), unit);
  return values.map((value) => `${formatNumber(value * factor)}${name === '' ? '' : ` ${name}`}`);
}
