import fc from 'fast-check';
import { anyText } from '../any-text.ts';
import type { Operation, Parameter } from './api-document.ts';
import { HOSTILE_TEXTS } from './hostile-values.ts';

/** What the service currently contains: names that a request may hit. */
export interface Corpus {
  /** by the path of their collection: `/canaryConfig` */
  readonly ids: ReadonlyMap<string, readonly string[]>;
  /** ids of the pairs in the first list of pairs */
  readonly pairs: readonly string[];
  readonly storageAccounts: readonly string[];
  readonly metricsAccounts: readonly string[];
  readonly providers: readonly string[];
  readonly judges: readonly string[];
}

const INSTANTS = ['2026-01-01T00:00:00Z', '2026-01-01T01:00:00Z', '1767225600', '2026-01-01T02:00:00+02:00'];

/** Values for parameters that no list of the service provides, by name; the first ones make sense together. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  name: ['spare-metrics'],
  application: ['ad-hoc', 'checkout', 'checkout,shop'],
  user: ['ada'],
  statuses: ['succeeded', 'SUCCEEDED,terminal', 'running', 'paused', 'finished'],
  limit: ['0', '1', '20', '1000', '1001', '-1', '007', '999999999', '1.5'],
  page: ['1', '0', '2', '1000000', '1000001', '-1', '999999999'],
  wait: ['0', '10ms', '1s', '5', '600s', '10m', '11m', '-1s', '1e3', '0.5s', '999999'],
  prefer: ['wait=1', 'wait=600', 'respond-async, wait="2"', 'wait=-1', 'wait=999999', 'wait=1e9', 'WAIT = 1;x', 'wait'],
  'idempotency-key': ['once', 'twice', 'k'.repeat(256), 'k'.repeat(300)],
  // None of them leads out of this machine.
  callbackUrl: ['http://127.0.0.1:9/hook', 'http://[::1]/', 'http://2130706433/', 'ftp://127.0.0.1/', 'http://', '//x'],
  verdicts: ['Pass', 'fail,marginal', 'PASS', 'good'],
  from: INSTANTS,
  to: INSTANTS,
  cursor: ['AAAA', 'eyJpZCI6MX0', 'WyIyMDI2IiwxXQ', '%', 'e30='],
  dryRun: ['true', 'false', 'TRUE', '1'],
  metricSetName: ['cpu'],
  metricName: ['cpu', 'http_requests_total'],
  scope: ['v1'],
  location: ['us-east1'],
  customFilter: ['PromQL:up{version="${scope}"}', 'version="${scope}"', '${nothing}'],
  start: ['2026-01-01T00:00:00Z', ...INSTANTS],
  startTimeIso: ['2026-01-01T00:00:00Z', ...INSTANTS],
  end: ['2026-01-01T01:00:00Z', ...INSTANTS],
  endTimeIso: ['2026-01-01T01:00:00Z', ...INSTANTS],
  step: ['60', '1', '0', '-1', '0.5', '1e9', '2147483647', '2147483648', 'PT1M'],
  filter: ['http', 'HTTP', 'nothing such', '.*'],
  passThreshold: ['95', '0', '100', '1e400', 'NaN', '-Infinity', '"95"'],
  marginalThreshold: ['75', '0', '100', '1e308', 'NaN'],
};

/** The collection of a parameter's ids, whatever the path; and of paths that have none of their own. */
const COLLECTIONS: Readonly<Record<string, string>> = {
  '/analyses': '/standalone_canary_analysis',
  canaryConfigId: '/canaryConfig',
  metricSetPairListId: '/metricSetPairList',
};

/** Values for a parameter that mean something to the service. */
export function knownTexts(parameter: Parameter, operation: Operation, corpus: Corpus): readonly string[] {
  const { name } = parameter;
  if (name === 'metricsAccountName') return corpus.metricsAccounts;
  if (/accountName$/i.test(name)) return corpus.storageAccounts;
  if (/judge/i.test(name)) return corpus.judges;
  if (name === 'pairId') return corpus.pairs;
  if (name === 'provider') return corpus.providers;
  if (!/id$/i.test(name)) return WORDS[name] ?? [];
  const [collection = ''] = operation.path.split('/{');
  return (
    corpus.ids.get(COLLECTIONS[name] ?? COLLECTIONS[collection] ?? collection) ?? corpus.ids.get('/pipelines') ?? []
  );
}

/** Any value for a parameter: known ones of any kind, hostile ones, random ones. */
export function wildTexts(parameter: Parameter, operation: Operation, corpus: Corpus): fc.Arbitrary<string> {
  const ids = [...corpus.ids.values()].flat();
  const accounts = /account/i.test(parameter.name) ? [...corpus.metricsAccounts, ...corpus.storageAccounts] : [];
  const known = [...knownTexts(parameter, operation, corpus), ...ids, ...accounts, ''];
  return fc.oneof(fc.constantFrom(...known), fc.constantFrom(...HOSTILE_TEXTS), anyText({ maxLength: 20 }));
}
