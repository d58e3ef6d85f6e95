// @ts-check
// How canary and baseline differ, as the server draws it.

import { numberText } from './chart-scales.js';

/** @typedef {{ kind?: 'ratio', factor?: number }} Scaled of a chart: how its values are written */

/**
 * @param {Scaled & { control: (number | null)[], experiment: (number | null)[] }} data
 * @param {number} slot
 */
export function differenceText({ control, experiment, ...scaled }, slot) {
  const { kind } = scaled;
  const change = changeOf(kind, experiment[slot], control[slot] ?? null);
  if (change === null) return '';
  const sign = change > 0 && kind !== 'ratio' ? '+' : '';
  return `, ${kind === 'ratio' ? 'change' : 'difference'} ${sign}${changeText(scaled, change)}`;
}

/** A change as it is drawn. @param {Scaled} scaled @param {number} value */
export function changeText(scaled, value) {
  if (scaled.kind === undefined) return scaledText(scaled, value);
  return `${value > 0 ? '+' : ''}${numberText(Number((value * 100).toPrecision(2)))} %`;
}

/** A value in the unit that is shown. @param {Scaled} scaled @param {number} value */
export function scaledText({ factor = 1 }, value) {
  return numberText(Number((value * factor).toPrecision(6)));
}

/** @param {'ratio' | undefined} kind @param {number | null | undefined} value @param {number | null} other */
export function changeOf(kind, value, other) {
  if (typeof value !== 'number' || other === null) return null;
  if (kind === undefined) return value - other;
  return other > 0 ? value / other - 1 : null;
}
