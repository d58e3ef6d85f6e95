// @ts-check
// Ticks, texts and paths like the server's, for zoomed charts.

/**
 * With all digits: what is zoomed into was drawn for the whole.
 *
 * @param {(number | null)[]} values by slot
 * @param {(value: number) => number} y
 */
export function pathOf(values, y) {
  let text = '';
  for (const [slot, value] of values.entries()) {
    if (value === null) continue;
    const [isBegin, isEnd] = [typeof values[slot - 1] !== 'number', typeof values[slot + 1] !== 'number'];
    // A point between two gaps is a dot.
    text += `${isBegin ? 'M' : 'L'}${slot} ${y(value).toFixed(2)}${isBegin && isEnd ? 'z' : ''}`;
  }
  return text;
}

/** From a round number at or below to one at or above. @param {number} least @param {number} greatest @param {number} count */
export function niceTicks(least, greatest, count) {
  const spare = least === greatest ? Math.abs(least) * 0.1 || 1 : 0;
  const raw = (greatest - least + 2 * spare) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10);
  const [first, last] = [Math.floor((least - spare) / step), Math.ceil((greatest + spare) / step)];
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

const DAY = 86_400_000;
const TIME_STEPS = [1, 5, 15, 30, 60, 300, 900, 1800, 3600, 10_800, 21_600, 43_200].map((seconds) => seconds * 1000);

/** Round times, at most eight. @param {number} begin @param {number} length both in milliseconds */
export function timeTicks(begin, length) {
  const step = TIME_STEPS.find((candidate) => length / candidate <= 7) ?? DAY * Math.ceil(length / (7 * DAY));
  const first = Math.ceil(begin / step) * step;
  return Array.from({ length: Math.floor((begin + length - first) / step) + 1 }, (_, index) => first + index * step);
}

/** As the server writes numbers. @param {number} value */
export function numberText(value) {
  const size = Math.abs(value);
  const sign = value < 0 ? '−' : '';
  if (size !== 0 && (size < 1e-4 || size >= 1e15)) return `${sign}${Number(size.toPrecision(3)).toExponential()}`;
  /** @type {[string, number][]} */
  const prefixes = [
    ['T', 1e12],
    ['G', 1e9],
    ['M', 1e6],
    ['k', 1e3],
  ];
  const [prefix, unit] = prefixes.find(([, least]) => size >= Math.max(0.99995 * least, 9999.5)) ?? ['', 1];
  return `${sign}${Number((size / unit).toPrecision(4))}${prefix}`;
}

/** @param {number} millis */
export function durationText(millis) {
  const minutes = Math.round(millis / 60_000);
  if (millis < 60_000) return `${millis / 1000} s`;
  return minutes < 120 ? `${minutes} min` : `${Number((minutes / 60).toFixed(1))} h`;
}
