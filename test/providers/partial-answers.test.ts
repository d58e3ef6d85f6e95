import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { providers } from '../../providers/index.ts';
import { CanaryError } from '../../src/errors.ts';
import { askProvider } from '../support/ask-provider.ts';
import {
  fixtureRequest,
  type ProviderFixture,
  providerFixtures,
  replayExchanges,
} from '../support/provider-fixtures.ts';
import { readTable } from '../support/read-table.ts';

/** A whole answer of another fixture, changed into one that says that it is partial. */
interface PartialAnswer {
  readonly type: string;
  readonly about: string;
  /** the fixture with the whole answer */
  readonly base: string;
  /** laid over the JSON; a number is the place in a list */
  readonly merge?: Readonly<Record<string, unknown>>;
  readonly prepend?: string;
  readonly replace?: readonly [string, string];
  /** JSON beside the points of `web` */
  readonly wrap?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly status?: number;
  readonly code?: string;
  readonly says: readonly string[];
  /** what the warnings say where the account allows it; default: the same */
  readonly allowed?: readonly string[];
}

const NEVER = new AbortController().signal;
const ANSWERS: readonly PartialAnswer[] = JSON.parse(
  readFileSync(new URL('../fixtures/partial/answers.json', import.meta.url), 'utf8'),
);
const TABLE = readTable(new URL('../../providers/README.md', import.meta.url), 'What says that it is partial');

function fixtureOf(answer: PartialAnswer, allowPartial: boolean): ProviderFixture {
  const base = providerFixtures(answer.type).find(({ name }) => name === answer.base);
  if (base === undefined) throw new Error(`${answer.type} has no fixture '${answer.base}'`);
  return {
    ...base,
    account: { ...base.account, ...(allowPartial ? { allowPartial } : {}) },
    metric: { ...base.metric, query: { ...base.metric.query, ...answer.query } },
    exchanges: base.exchanges.map(({ request, response }, index) => ({
      // The parameters of Elasticsearch are those of the account's allowPartial.
      request: { ...request, path: allowPartial ? request.path.replaceAll('=false', '=true') : request.path },
      response:
        index === base.exchanges.length - 1
          ? { ...response, status: answer.status ?? response.status ?? 200, body: bodyOf(answer, response.body) }
          : response,
    })),
  };
}

function bodyOf({ merge, prepend = '', replace, wrap }: PartialAnswer, body: unknown): unknown {
  if (wrap !== undefined) return { points: body, ...wrap };
  if (merge !== undefined) return merged(body, merge);
  return typeof body === 'string' ? prepend + (replace === undefined ? body : body.replace(...replace)) : body;
}

function merged(value: unknown, over: unknown): unknown {
  if (typeof over !== 'object' || over === null || Array.isArray(over)) return over;
  const base = Array.isArray(value) ? [...value] : { ...(value as object | undefined) };
  for (const [name, part] of Object.entries(over))
    Object.assign(base, { [name]: merged(Reflect.get(base, name), part) });
  return base;
}

async function ask(answer: PartialAnswer, allowPartial: boolean) {
  const provider = providers.find(({ type }) => type === answer.type);
  if (provider === undefined) throw new Error(`there is no provider ${answer.type}`);
  const fixture = fixtureOf(answer, allowPartial);
  replayExchanges(fixture);
  return askProvider(provider, fixtureRequest(provider, fixture), NEVER);
}

describe.each(ANSWERS.map((answer) => [`${answer.type}: ${answer.about}`, answer] as const))('%s', (_, answer) => {
  test('is an error that names the words, the account and the way to accept it', async () => {
    const error = await ask(answer, false).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CanaryError);
    const { code, message } = error as CanaryError;
    expect(code).toBe(answer.code ?? 'METRICS_ANSWER_INVALID');
    for (const text of ["account 'store'", 'partial', 'allowPartial', ...answer.says]) expect(message).toContain(text);
  });

  test('is a warning where the account allows it', async () => {
    const [set] = await ask(answer, true);
    const warnings = set?.attributes.warnings ?? '';
    const wanted = answer.allowed ?? ['the answer is partial: ', ...answer.says];
    for (const text of wanted) expect(warnings).toContain(text);
    expect(set?.values.some((value) => !Number.isNaN(value))).toBe(true);
  });
});

test('the manual has a row for every store', () => {
  const stores = TABLE.map(([store = '']) => store.replaceAll('`', ''));
  expect([...new Set(stores)].sort()).toEqual(providers.map(({ type }) => type).sort());
});

test('every store of the manual that can say it has such an answer here, and no other', () => {
  const able = TABLE.filter(([, says = '']) => !says.startsWith('nothing')).map(([store = '']) =>
    store.replaceAll('`', ''),
  );
  expect([...new Set(able)].sort()).toEqual([...new Set(ANSWERS.map(({ type }) => type))].sort());
});

test('every provider of a network store knows allowPartial', () => {
  const network = providers.filter(({ type }) => type !== 'inline');
  for (const provider of network) {
    const data = providerFixtures(provider.type).find(({ name }) => name === 'data') as ProviderFixture;
    const { account } = fixtureRequest(provider, { ...data, account: { ...data.account, allowPartial: true } });
    expect(account, provider.type).toMatchObject({ allowPartial: true });
  }
});
