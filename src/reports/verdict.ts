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

const OVER_NOTHING: VerdictWord = { tone: 'nodata', text: 'Pass over nothing' };

/**
 * The verdict, or the progress towards one.
 *
 * @param status of a run or an analysis, in lower case
 * @param overNothing no metric could be judged, or one side had no data at all: a pass then says nothing
 */
export function verdictOf(verdict: string | undefined, status: string, overNothing = false): VerdictWord {
  if (verdict === 'Pass' && overNothing) return OVER_NOTHING;
  const table = verdict === undefined ? STATES : VERDICTS;
  const word = verdict ?? status;
  const known = Object.hasOwn(table, word) ? table[word] : undefined;
  return known ?? { tone: 'nodata', text: word };
}
