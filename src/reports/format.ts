const PREFIXES = [
  ['T', 1e12],
  ['G', 1e9],
  ['M', 1e6],
  ['k', 1e3],
] as const;

/** Four significant digits, as people write numbers: `0.1234`, `1234`, `12.35k`, `300.1M`, `1.2e-7`. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : `${value < 0 ? '−' : ''}∞`;
  if (size !== 0 && (size < 1e-4 || size >= 1e15)) return signed(value, Number(size.toPrecision(3)).toExponential());
  // Chosen by the rounded number: 999,990 is 1M.
  const [prefix, unit] = PREFIXES.find(([, least]) => size >= Math.max(0.99995 * least, 9999.5)) ?? ['', 1];
  const digits = Number((size / unit).toPrecision(4));
  return signed(value, `${digits}${prefix}`);
}

/** A ratio as a percentage: whole from 10 % up, else two significant digits. */
export function formatPercent(share: number): string {
  const percent = share * 100;
  if (!Number.isFinite(percent) || Math.abs(percent) >= 1e6) return `${formatNumber(percent)} %`;
  return signed(percent, `${magnitude(Math.abs(percent))} %`);
}

/** A change with its sign: `+18 %`. */
export function formatChange(share: number): string {
  return `${share > 0 ? '+' : ''}${formatPercent(share)}`;
}

/** `2026-01-01 12:00:30 UTC`; seconds only if not zero. */
export function formatTime(millis: number): string {
  return `${dayOf(millis)} ${clockOf(millis)} UTC`;
}

/** `2026-01-01 12:00–13:00 UTC`; the date twice if they differ. */
export function formatWindow(startMillis: number, endMillis: number): string {
  const day = dayOf(endMillis) === dayOf(startMillis) ? '' : ` ${dayOf(endMillis)} `;
  return `${dayOf(startMillis)} ${clockOf(startMillis)}${day === '' ? '–' : ' –'}${day}${clockOf(endMillis)} UTC`;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** The two largest units: `2 h 5 min`, `1.5 s`, `340 ms`. */
export function formatDuration(millis: number): string {
  if (millis < 1000) return `${Math.round(millis)} ms`;
  if (millis < 9950) return `${Number((millis / 1000).toFixed(1))} s`;
  const parts: string[] = [];
  let left = Math.round(millis / 1000) * 1000;
  for (const [unit, length] of UNITS) {
    const count = Math.floor(left / length);
    left -= count * length;
    if (count > 0) parts.push(`${count} ${unit}`);
    else if (parts.length > 0) break;
  }
  return parts.slice(0, 2).join(' ');
}

/** `1 metric`, `2 metrics` */
export function count(number: number, word: string, many = `${word}s`): string {
  return `${number} ${number === 1 ? word : many}`;
}

/** With the typographic minus sign. */
function signed(value: number, magnitudeText: string): string {
  return value < 0 && !/^0( |$)/.test(magnitudeText) ? `−${magnitudeText}` : magnitudeText;
}

function magnitude(percent: number): number {
  return percent >= 9.95 ? Math.round(percent) : Number(percent.toPrecision(2));
}

function dayOf(millis: number): string {
  return iso(millis).slice(0, 10);
}

function clockOf(millis: number): string {
  const time = iso(millis).slice(11, 19);
  return time.endsWith(':00') ? time.slice(0, 5) : time;
}

function iso(millis: number): string {
  const moment = new Date(millis);
  return Number.isNaN(moment.getTime()) ? '----------T--:--:--' : moment.toISOString();
}
