import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loki } from '../../providers/loki/index.ts';
import { prometheus } from '../../providers/prometheus/index.ts';
import { stackdriver } from '../../providers/stackdriver/index.ts';
import type { CanaryConfig } from '../../src/domain/canary-config.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

interface Row {
  readonly query: Readonly<Record<string, unknown>>;
  readonly templates?: Readonly<Record<string, string>>;
  /** the field, within the metric */
  readonly at: string;
  readonly said: string;
}
const read = (name: string) => JSON.parse(readFileSync(`test/fixtures/riddles/${name}.json`, 'utf8'));
const wrong: readonly Row[] = read('whole-queries');
const right: readonly Omit<Row, 'at' | 'said'>[] = read('not-whole-queries');
const label = <R extends Pick<Row, 'query'>>(row: R) => [JSON.stringify(row.query), row] as const;

let service: TestService;
beforeAll(async () => {
  const endpoint = { baseUrl: 'http://127.0.0.1:9' };
  const common = { endpoint, bearerToken: 'token-1' };
  const metricsStores = [
    prometheus.Account.parse({ name: 'prom', type: 'prometheus', ...common }),
    loki.Account.parse({ name: 'loki', type: 'loki', ...common }),
    stackdriver.Account.parse({ name: 'gcp', type: 'stackdriver', project: 'p', ...common }),
  ];
  service = await createTestService({ providers: [prometheus, loki, stackdriver], metricsStores });
});
afterAll(() => service.close());

const post = async (url: string, payload: object) => {
  const answer = await service.http.inject({ method: 'POST', url, payload });
  return { status: answer.statusCode, body: answer.json() };
};

function configWith({ query, templates }: Pick<Row, 'query' | 'templates'>): CanaryConfig {
  const config = configOf(1, templates === undefined ? {} : { templates });
  return { ...config, metrics: [{ ...config.metrics?.[0], query: query as never }] };
}

/** With a value for every variable of the rows. */
function bodyWith(row: Pick<Row, 'query' | 'templates'>) {
  const request = requestOf();
  const { controlScope, experimentScope } = request.scopes?.default ?? {};
  const more = {
    location: 'us-east-1',
    extendedScopeParams: { matchers: 'a="b"', label: 'version', quoted: '"v1"' },
  };
  const scopes = {
    default: { controlScope: { ...controlScope, ...more }, experimentScope: { ...experimentScope, ...more } },
  };
  return { canaryConfig: configWith(row), executionRequest: { ...request, scopes } };
}

describe('a whole query where matchers, a name or a label belong', () => {
  it.each(wrong.map(label))('is a problem of validate, at its field, with the remedy: %s', async (_, row) => {
    const { body } = await post('/canaryConfig/validate', configWith(row));
    const path = `metrics[0].${row.at}`;
    const message = expect.stringContaining(row.said);
    expect(body.problems).toContainEqual({ path, message, prevents: 'running', rule: 'query-invalid' });
  });

  it.each(wrong.map(label))('is refused at submit, and told by the dry run: %s', async (_, row) => {
    const submitted = await post('/canary', bodyWith(row));
    expect(submitted).toMatchObject({ status: 400, body: { message: expect.stringContaining(row.said) } });
    expect(submitted.body.message).toContain(row.at);
    expect(submitted.body.message).toContain("metric 'm0'");
    const dry = await post('/canaryConfig/queries', bodyWith(row));
    expect(JSON.stringify(dry.body)).toContain(JSON.stringify(row.said).slice(1, -1));
  });
});

describe('what may be right', () => {
  it.each(right.map(label))('is no problem: %s', async (_, row) => {
    const { body } = await post('/canaryConfig/validate', configWith(row));
    expect(body.problems.filter(({ prevents }: { prevents: string }) => prevents !== 'nothing')).toEqual([]);
    expect(await post('/canaryConfig/queries', bodyWith(row))).toMatchObject({
      status: 200,
      body: [{ control: expect.any(String) }],
    });
  });
});
