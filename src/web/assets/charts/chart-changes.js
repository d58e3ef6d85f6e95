// @ts-check
// How canary and baseline differ, as the server draws it.

import { numberText } from './chart-scales.js';

/**
 * @param {{ control: (number | null)[], experiment: (number | null)[], kind?: 'ratio' }} data
 * @param {number} slot
 */
export function differenceText({ control, experiment, kind }, slot) {
  const change = changeOf(kind, experiment[slot], control[slot] ?? null);
  if (change === null) return '';
  const sign = change > 0 && kind !== 'ratio' ? '+' : '';
  return `, ${kind === 'ratio' ? 'change' : 'difference'} ${sign}${changeText(kind, change)}`;
}

/** A change as it is drawn. @param {'ratio' | undefined} kind @param {number} value */
export function changeText(kind, value) {
  if (kind === undefined) return numberText(value);
  return `${value > 0 ? '+' : ''}${numberText(Number((value * 100).toPrecision(2)))} %`;
}

/** @param {'ratio' | undefined} kind @param {number | null | undefined} value @param {number | null} other */
export function changeOf(kind, value, other) {
  if (typeof value !== 'number' || other === null) return null;
  if (kind === undefined) return value - other;
  return other > 0 ? value / other - 1 : null;
}
