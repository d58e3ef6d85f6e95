import { describe, expect, it } from 'vitest';
import { readTemplatePacks } from '../../../providers/index.ts';
import type { SeriesLabels } from '../../../src/domain/series-labels.ts';
import type { SurveyProposal } from '../../../src/domain/survey.ts';
import type { Accounts } from '../../../src/engine/accounts.ts';
import { TemplatePacks } from '../../../src/engine/configs/template-packs.ts';
import type { MetricExplorer, SingleQuery } from '../../../src/engine/fetching/metric-explorer.ts';
import { createSurveys, type SurveyWish } from '../../../src/engine/survey/surveys.ts';
import { CanaryError } from '../../../src/errors.ts';

const NEVER = new AbortController().signal;
const NOON = Date.parse('2026-01-01T12:00:30Z');

interface Shop {
  /** requests a second of each version; NaN: no data; absent: the store fails */
  readonly traffic?: Readonly<Record<string, number>>;
  /** how many targets run each version */
  readonly targets?: Readonly<Record<string, number>>;
  readonly names?: readonly string[];
}

const NAMES = ['http_requests_total', 'http_request_duration_seconds_count', 'http_request_duration_seconds_sum'];

/** A store with a service `shop`, whose versions get so much traffic. */
function surveyOf({ traffic, targets = { v1: 3, v2: 1 }, names = NAMES }: Shop) {
  const series: SeriesLabels[] = Object.entries(targets).flatMap(([version, count]) =>
    Array.from({ length: count }, (_, at) => ({ job: 'shop', version, code: '200', instance: `${version}-${at}` })),
  );
  const explorer = {
    seriesSource: () => ({ names: async () => names, series: async () => series }),
    async pairsOf({ request, config }: SingleQuery, index: number) {
      if (traffic === undefined) throw new CanaryError('METRICS_STORE_TIMEOUT', 'the store is slow');
      const { controlScope = {}, experimentScope = {} } = request.scopes?.default ?? {};
      const valuesOf = (version = '') => Array.from({ length: 30 }, () => traffic[version] ?? Number.NaN);
      const values = { control: valuesOf(controlScope.scope), experiment: valuesOf(experimentScope.scope) };
      const scope = { stepMillis: 60_000 };
      return [{ name: config.metrics?.[index]?.name ?? '', values, scopes: { control: scope, experiment: scope } }];
    },
  } as unknown as MetricExplorer;
  const accounts = { metricsStore: () => ({ name: 'prom', type: 'prometheus' }) } as unknown as Accounts;
  const templatePacks = new TemplatePacks(readTemplatePacks);
  const survey = createSurveys({ accounts, metricExplorer: explorer, templatePacks, now: () => NOON });
  return (wish: Partial<SurveyWish> = {}) => survey({ minutes: 30, ...wish }, NEVER);
}

const proposalOf = async (shop: Shop, wish: Partial<SurveyWish> = {}): Promise<SurveyProposal> =>
  (await surveyOf(shop)(wish)).proposal ?? expect.unreachable('no pack matches');
const metricsOf = ({ config }: SurveyProposal) =>
  [config.use ?? []].flat().flatMap((use) => (typeof use === 'string' ? [] : (use.metrics ?? [])));

describe('a survey', () => {
  it('proposes the later version, the window before now, and says nothing where nothing is odd', async () => {
    const proposal = await proposalOf({ traffic: { v1: 30, v2: 10 }, targets: { v1: 3, v2: 1 } });
    expect(proposal).toMatchObject({
      ...{ packs: ['client-libraries'], label: 'version', baseline: 'v1', canary: 'v2', location: 'shop' },
      versions: [
        { value: 'v1', targets: 3, traffic: 30, share: 0.75, minutes: 30 },
        { value: 'v2', targets: 1, traffic: 10, share: 0.25, minutes: 30 },
      ],
      traffic: { metric: 'client-traffic', unit: 'req/s' },
    });
    expect(proposal.request.scopes?.default?.experimentScope).toEqual({
      ...{ scope: 'v2', location: 'shop', start: '2026-01-01T11:30:00Z', end: '2026-01-01T12:00:00Z', step: 60 },
    });
    expect(proposal.warnings).toEqual([
      'Traffic itself is left out of the config, since the sides do not get as much of it.',
    ]);
    expect(metricsOf(proposal)).toEqual(['client-error-ratio', 'client-latency-mean']);
  });

  it('judges traffic where both sides get as much', async () => {
    const proposal = await proposalOf({ traffic: { v1: 30, v2: 30 }, targets: { v1: 1, v2: 1 } });
    expect(metricsOf(proposal)).toContain('client-traffic');
    expect(proposal.warnings).toEqual([]);
  });

  it.each<[string, Shop, Partial<SurveyWish>, string]>([
    [
      'few requests',
      { traffic: { v1: 30, v2: 0.1 } },
      {},
      'The canary v2 had about 180 requests in the last 30 minutes',
    ],
    ['none', { traffic: { v1: 30 } }, {}, 'The canary v2 had no requests in the last 30 minutes'],
    ['one version twice', { traffic: { v1: 30 } }, { canary: 'v1' }, 'Baseline and canary are both v1'],
    [
      'a version that is gone',
      { traffic: { v1: 30 } },
      { canary: 'v9' },
      "The canary 'v9' has no series now. version has",
    ],
    ['a store that fails', {}, {}, 'How much traffic each version gets is not known: the store is slow'],
    [
      'uneven instances',
      { traffic: { v1: 30, v2: 30 } },
      {},
      'Single instances of the two versions do not get as much',
    ],
    ['one version only', { traffic: {}, targets: { v1: 2 } }, {}, 'single targets can be compared'],
  ])('warns of %s', async (_, shop, wish, words) => {
    const { packs, proposal } = await surveyOf(shop)(wish);
    expect([...(proposal?.warnings ?? []), packs[0]?.versions?.reason].join(' ')).toContain(words);
  });

  it('says of each metric why it is left out, and of which packs there is too little', async () => {
    const { packs, others } = await surveyOf({ traffic: {}, names: [...NAMES, 'vllm:num_requests_waiting'] })();
    const left = Object.fromEntries((packs[0]?.left ?? []).map(({ metric, why }) => [metric, why]));
    expect(left).toMatchObject({
      'client-duration-error-ratio': 'client-error-ratio says it already',
      'client-latency': 'the store has no http_request_duration_seconds_bucket',
    });
    expect(packs[0]?.metrics.length).toBe((packs[0]?.of ?? 0) - Object.keys(left).length);
    expect(others.map(({ id }) => id)).toContain('vllm');
  });

  it('proposes nothing where nothing matches, and refuses a pack that is not there', async () => {
    expect(await surveyOf({ names: ['up'] })()).toMatchObject({ metrics: 1, packs: [] });
    await expect(surveyOf({ traffic: {} })({ pack: ['istio'] })).rejects.toThrow(
      "pack: no metrics of 'istio' were found; packs with metrics there: client-libraries",
    );
    await expect(surveyOf({ names: [] })({ pack: ['istio'] })).rejects.toThrow('no pack has metrics there');
  });
});
