import { html } from 'ghtml';

const PATHS = {
  check: 'M3 8.5l3.2 3.2L13 5',
  cross: 'M4 4l8 8M12 4l-8 8',
  wave: 'M2.5 9.5c1.6-3.2 3.6-3.2 5.5-1.5s3.9 1.7 5.5-1.5',
  up: 'M8 13V3.5M3.8 7.7L8 3.5l4.2 4.2',
  down: 'M8 3v9.5M3.8 8.3L8 12.5l4.2-4.2',
  empty: 'M8 2.8a5.2 5.2 0 1 0 .01 0zM4.4 11.6l7.2-7.2',
  exclamation: 'M8 3v6M8 12.7v.01',
  dash: 'M4 8h8',
  clock: 'M8 2.8a5.2 5.2 0 1 0 .01 0zM8 5.2V8l2 1.6',
  stop: 'M4.5 4.5h7v7h-7z',
} as const;

export type IconName = keyof typeof PATHS;

/** An icon in the colour of the surrounding text; always beside a word, so screen readers skip it. */
export function icon(name: IconName): string {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="${PATHS[name]}"/></svg>`;
}
