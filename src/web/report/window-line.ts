import { html } from 'ghtml';
import type { CanaryScope } from '../../domain/canary-scope.ts';
import { instantMillis } from '../../domain/values/instant.ts';
import { formatDuration, formatWindow } from '../../reports/format.ts';
import type { RunReport } from '../../reports/run-report.ts';
import { formatAgo } from '../relative-time.ts';

interface Window {
  readonly startMillis: number;
  readonly endMillis: number;
}

/** Of what was judged before, the date is enough. */
const LONG_AGO = 60 * 86_400_000;

/**
 * "v41 → v42 · 2026-01-01 12:00–13:00 UTC (1 h, 3 h ago)", and the same in the reader's zone, which a script fills in.
 *
 * @param nowMillis absent: nothing says how long ago it was, as in a file that is kept
 */
export function windowLine({ scopes, history }: RunReport, nowMillis: number | undefined): string {
  const all = history?.windows.length ?? 1;
  const ofBaseline = all > 1 ? `baseline (newest of ${all}) ` : 'baseline ';
  const windows = scopes.flatMap(({ control, experiment }) => {
    const [one, other] = [windowOf(control), windowOf(experiment)];
    const isSame = one !== undefined && one.startMillis === other?.startMillis && one.endMillis === other.endMillis;
    if (isSame) return [{ name: '', window: one }];
    return [
      ...(one === undefined ? [] : [{ name: ofBaseline, window: one }]),
      ...(other === undefined ? [] : [{ name: 'canary ', window: other }]),
    ];
  });
  const texts = windows.map(({ name, window }) => timeOfWindow(name, window, nowMillis));
  return [...new Set(texts)].join('; ');
}

/** @param name before it, with a blank */
export function timeOfWindow(name: string, { startMillis, endMillis }: Window, nowMillis: number | undefined): string {
  const length = formatDuration(endMillis - startMillis);
  const age = nowMillis === undefined ? '' : agoOf(endMillis, nowMillis);
  const details = [length, age].filter((part) => part !== '').join(', ');
  return html`${name}<span class="line">${formatWindow(startMillis, endMillis)} (${details})</span><span class="local" data-from="${startMillis}" data-until="${endMillis}" hidden></span>`;
}

function agoOf(endMillis: number, nowMillis: number): string {
  if (nowMillis < endMillis) return `ends in ${formatDuration(Math.max(60_000, endMillis - nowMillis))}`;
  return nowMillis - endMillis > LONG_AGO ? '' : formatAgo(endMillis, nowMillis);
}

function windowOf({ start, end }: CanaryScope = {}): Window | undefined {
  return start === undefined || end === undefined
    ? undefined
    : { startMillis: instantMillis(start), endMillis: instantMillis(end) };
}
