import fc from 'fast-check';
import { HOSTILE_TEXTS } from './hostile-values.ts';

/** What the service knows at the moment: names that a request may hit. */
export interface Corpus {
  readonly ids: readonly string[];
  readonly accounts: readonly string[];
  readonly providers: readonly string[];
  readonly judges: readonly string[];
}

const INSTANTS = ['2026-01-01T00:00:00Z', '2026-01-01T01:00:00Z', '1767225600', '2026-01-01T02:00:00+02:00'];

/** Values for parameters that no list of the service gives, by name. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  name: ['spare-metrics'],
  application: ['ad-hoc', 'checkout', 'checkout,shop'],
  statuses: ['succeeded', 'SUCCEEDED,terminal', 'running', 'paused', 'finished'],
  limit: ['0', '1', '20', '1000', '1001', '-1', '007', '999999999', '1.5'],
  page: ['0', '1', '2', '1000000', '1000001', '-1', '999999999'],
  wait: ['0', '10ms', '1s', '5', '600s', '10m', '11m', '-1s', '1e3', '0.5s', '999999'],
  prefer: ['wait=1', 'wait=600', 'respond-async, wait="2"', 'wait=-1', 'wait=999999', 'wait=1e9', 'WAIT = 1;x', 'wait'],
  dryRun: ['true', 'false', 'TRUE', '1'],
  start: INSTANTS,
  end: INSTANTS,
  startTimeIso: INSTANTS,
  endTimeIso: INSTANTS,
  step: ['60', '1', '0', '-1', '0.5', '1e9', '2147483647', '2147483648', 'PT1M'],
  filter: ['http', 'HTTP', 'nothing such', '.*'],
  passThreshold: ['95', '0', '100', '1e400', 'NaN', '-Infinity', '"95"'],
  marginalThreshold: ['75', '0', '100', '1e308', 'NaN'],
};

/** Values for the parameter of that name: often ones that mean something, sometimes hostile ones, sometimes any. */
export function parameterTexts(name: string, corpus: Corpus): fc.Arbitrary<string> {
  const known = knownTexts(name, corpus);
  return fc.oneof(
    { weight: known.length > 0 ? 6 : 0, arbitrary: fc.constantFrom(...known, '') },
    { weight: 2, arbitrary: fc.constantFrom(...HOSTILE_TEXTS) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  );
}

function knownTexts(name: string, { ids, accounts, providers, judges }: Corpus): readonly string[] {
  if (/accountName$/i.test(name)) return accounts;
  if (/judge/i.test(name)) return judges;
  if (/id$/i.test(name)) return ids;
  if (name === 'provider') return providers;
  return WORDS[name] ?? [];
}
