import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeOfValues, rangeOfValues, valueInWords } from '../../src/reports/value-words.ts';

describe('what both sides measured', () => {
  it.each([
    [0.182, 0.237, 's', '182 → 237 ms'],
    [1.182, 0.237, 's', '1.18 → 0.237 s'],
    [413.2, 592.1, 'ms', '413 → 592 ms'],
    [0.8, 1.6, 'percent', '0.8 → 1.6 %'],
    [0.008, 0.016, 'share', '0.8 → 1.6 %'],
    [412e6, 403e6, 'bytes', '412 → 403 MB'],
    [184, 183.9, 'req/s', '184 → 183.9 req/s'],
    [3_512_345, 3_461_234, undefined, '3.51M → 3.46M'],
    [-5, 5, 'C', '−5 → 5 C'],
    [0, 3.2, 'ms', '0 → 3.2 ms'],
    [0, 0, 's', '0 → 0 s'],
    [64, 64, undefined, '64 → 64'],
  ])('%d and %d %s read %s', (control, experiment, unit, text) => {
    expect(changeOfValues({ control, experiment }, unit)).toBe(text);
  });

  it('says of a side without data that it has none, with the unit at the value', () => {
    expect(changeOfValues({ control: 0.2 }, 's')).toBe('200 ms → no data');
    expect(changeOfValues({ experiment: 0.2 }, 's')).toBe('no data → 200 ms');
  });

  it('never reads alike where the values differ by a thousandth', () => {
    const Value = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(Value, fc.constantFrom('s', 'ms', 'share', 'bytes', undefined), (value, unit) => {
        const [one, other] = changeOfValues({ control: value, experiment: value * 1.001 }, unit).split(' → ');
        expect(other?.startsWith(`${one} `) || other === one).toBe(false);
      }),
    );
  });

  it('is written for single values and ranges alike', () => {
    expect(valueInWords(0.2431, 's')).toBe('243.1 ms');
    expect(rangeOfValues(0.2, 0.4, 's')).toBe('200–400 ms');
    expect(rangeOfValues(0, 0, '')).toBe('0–0');
  });

  it.each(['constructor', '__proto__', 'toString'])('takes the unit %s as any other', (unit) => {
    expect(changeOfValues({ control: 1, experiment: 2 }, unit)).toBe(`1 → 2 ${unit}`);
  });
});
