import { html } from 'ghtml';
import { formatDuration, formatTime } from '../reports/format.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago, in one unit: `just now`, `5 min ago`, `3 h ago`, `12 d ago`. */
export function formatAgo(millis: number, nowMillis: number): string {
  const age = nowMillis - millis;
  if (age < 0) return `in ${formatDuration(-age)}`;
  if (age < MINUTE) return 'just now';
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min ago`;
  return age < 2 * DAY ? `${Math.floor(age / HOUR)} h ago` : `${Math.floor(age / DAY)} d ago`;
}

/** Both, for people and for programs. */
export function timeOf(millis: number, nowMillis: number): string {
  const whole = Math.floor(millis / 1000) * 1000;
  const iso = new Date(whole).toISOString();
  return html`<time datetime="${iso}">${formatAgo(millis, nowMillis)} <span class="faint line">${formatTime(whole)}</span></time>`;
}
