import { describe, expect, it, test } from 'vitest';
import { haldane } from '../../../judges/haldane/index.ts';
import { perOfQuery } from '../../../judges/steps/per-of-query.ts';
import { readJudgeRequest } from '../../support/judge-request.ts';

describe('what the values of a query count', () => {
  test.each([
    ['sum(rate(http_requests_total{version="${scope}"}[1m]))', 'second'],
    ['sum(irate(x[1m]))', 'second'],
    ['sum(rate({app="web"} |= "error" [1m]))', 'second'],
    ['sum(rate(x[1m])) * 60', 'minute'],
    ['60 * sum(rate(x[1m]))', 'minute'],
    ['sum:requests{*}.as_rate()', 'second'],
    ['per_second(sum:requests{*})', 'second'],
    ['perSecond(web.requests)', 'second'],
    ['scaleToSeconds(web.requests, 1)', 'second'],
    ['SELECT rate(count(*), 1 minute) FROM Transaction', 'minute'],
    ['fetch x::y | align rate(1m)', 'second'],
    ['sum(increase(http_requests_total[1m]))', 'point'],
    ['sum:requests{*}.as_count()', 'point'],
    ['sum(error_rate)', 'point'],
    ['', 'point'],
  ])('is read from %s as those of a %s', (text, per) => {
    expect(perOfQuery(text)).toBe(per);
  });
});

describe('a rate of events and requests', () => {
  const points = Array.from({ length: 12 }, (_, t) => t);
  const events = { control: points.map((t) => 9 + (t % 4)), experiment: points.map((t) => 18 + (t % 5)) };
  const requests = { control: points.map((t) => 6000 + t), experiment: points.map((t) => 6000 + 2 * t) };
  const each = (sides: typeof events, divisor: number) => ({
    control: sides.control.map((value) => value / divisor),
    experiment: sides.experiment.map((value) => value / divisor),
  });
  const judge = async (query: string, divisor: number, canary: object = {}) => {
    const attributes = { control: { query }, experiment: { query } };
    const scopes = { control: { stepMillis: 60_000 }, experiment: { stepMillis: 60_000 } };
    const request = readJudgeRequest({
      canaryConfig: {
        judge: { name: 'HaldaneJudge-v1.0' },
        metrics: [
          {
            name: 'errors',
            query: { type: 'prometheus', denominator: {} },
            groups: ['all'],
            analysisConfigurations: { canary: { direction: 'increase', ...canary } },
          },
        ],
        classifier: { groupWeights: { all: 100 } },
      },
      scoreThresholds: { pass: 95, marginal: 75 },
      metricSetPairList: [
        {
          name: 'errors',
          scopes,
          attributes,
          values: each(events, divisor),
          denominator: { scopes, attributes, values: each(requests, divisor) },
        },
      ],
    });
    const { results } = await haldane.judge(request, new AbortController().signal);
    return results[0];
  };

  it('has one verdict, whether they are counted a minute or a second', async () => {
    const counted = await judge('sum(increase(errors[1m]))', 1);
    const rated = await judge('sum(rate(errors[1m]))', 60);
    expect(counted?.classification).toBe('High');
    expect(rated?.classification).toBe('High');
    expect(rated?.evidence?.pValue).toBeCloseTo(counted?.evidence?.pValue ?? 1, 9);
  });

  it('is read as the config says, if it does', async () => {
    const told = await judge('errors_a_second', 60, { requestsPer: 'second' });
    const counted = await judge('sum(increase(errors[1m]))', 1);
    expect(told?.evidence?.pValue).toBeCloseTo(counted?.evidence?.pValue ?? 1, 9);
  });
});
