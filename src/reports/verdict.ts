/** The colour of a verdict; the word says the same. */
export type Tone = 'pass' | 'marginal' | 'fail' | 'nodata';

export interface VerdictWord {
  readonly tone: Tone;
  readonly text: string;
}

const VERDICTS: Readonly<Record<string, VerdictWord>> = {
  Pass: { tone: 'pass', text: 'Pass' },
  Marginal: { tone: 'marginal', text: 'Marginal' },
  Fail: { tone: 'fail', text: 'Fail' },
};

const STATES: Readonly<Record<string, VerdictWord>> = {
  not_started: { tone: 'nodata', text: 'Waiting' },
  running: { tone: 'nodata', text: 'Running' },
  terminal: { tone: 'marginal', text: 'No verdict' },
  canceled: { tone: 'nodata', text: 'Canceled' },
};

/** The verdict, or the progress towards one. @param status of a run or an analysis, in lower case */
export function verdictOf(verdict: string | undefined, status: string): VerdictWord {
  const table = verdict === undefined ? STATES : VERDICTS;
  const word = verdict ?? status;
  const known = Object.hasOwn(table, word) ? table[word] : undefined;
  return known ?? { tone: 'nodata', text: word };
}
