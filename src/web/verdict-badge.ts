import { html } from 'ghtml';
import type { IconName } from './icons.ts';
import { icon } from './icons.ts';

/** What colour a verdict has; the word and its sign say the same. */
export type Tone = 'pass' | 'marginal' | 'fail' | 'nodata';

interface Badge {
  readonly tone: Tone;
  readonly icon: IconName;
  readonly text: string;
}

const VERDICTS: Readonly<Record<string, Badge>> = {
  Pass: { tone: 'pass', icon: 'check', text: 'Pass' },
  Marginal: { tone: 'marginal', icon: 'wave', text: 'Marginal' },
  Fail: { tone: 'fail', icon: 'cross', text: 'Fail' },
};

const STATES: Readonly<Record<string, Badge>> = {
  not_started: { tone: 'nodata', icon: 'clock', text: 'Waiting' },
  running: { tone: 'nodata', icon: 'clock', text: 'Running' },
  terminal: { tone: 'marginal', icon: 'exclamation', text: 'No verdict' },
  canceled: { tone: 'nodata', icon: 'stop', text: 'Canceled' },
};

/** The verdict, or how far it is to one. @param status of a run or an analysis, in lower case */
export function verdictOf(verdict: string | undefined, status: string): Badge {
  const table = verdict === undefined ? STATES : VERDICTS;
  const word = verdict ?? status;
  const known = Object.hasOwn(table, word) ? table[word] : undefined;
  return known ?? { tone: 'nodata', icon: 'dash', text: word };
}

/** A sign and a word on a coloured ground. */
export function badge({ tone, icon: name, text }: Badge): string {
  return html`<span class="badge ${tone}">!${icon(name)}${text}</span>`;
}
