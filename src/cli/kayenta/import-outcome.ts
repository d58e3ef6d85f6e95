import { textTable } from '../terminal/text-table.ts';

/** Outcomes of an object; `asks` means someone should look at it. */
export const OUTCOMES = {
  taken: { asks: false },
  'taken in part': { asks: true },
  replaced: { asks: false },
  'already there': { asks: false },
  'left out': { asks: false },
  differs: { asks: true },
  broken: { asks: true },
  refused: { asks: true },
} as const;

export interface ImportOutcome {
  readonly what: 'config' | 'run' | 'series' | 'standalone analysis';
  readonly id: string;
  /** its name for people */
  readonly name: string;
  readonly outcome: keyof typeof OUTCOMES;
  readonly why?: string;
}

/** Every object with its outcome, then the count of each outcome. */
export function importReport(outcomes: readonly ImportOutcome[]): string {
  const rows = outcomes.map(({ what, id, name, outcome, why = '' }) => [what, id, name, outcome, why]);
  const kinds = [...new Set(outcomes.map(({ what }) => what))];
  const words = (Object.keys(OUTCOMES) as (keyof typeof OUTCOMES)[]).filter((word) =>
    outcomes.some(({ outcome }) => outcome === word),
  );
  const count = (kind: string, word: string) =>
    String(outcomes.filter(({ what, outcome }) => what === kind && outcome === word).length);
  return [
    textTable(['WHAT', 'ID', 'NAME', 'OUTCOME', 'WHY'], rows),
    textTable(
      ['', ...words],
      kinds.map((kind) => [kind, ...words.map((word) => count(kind, word))]),
    ),
  ].join('\n');
}
