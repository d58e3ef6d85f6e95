import { existsSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect } from 'vitest';
import { providers } from '../../providers/index.ts';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import type { MetricsProvider, MetricsRequest } from '../../src/domain/metrics-provider.ts';
import { toInstant } from '../../src/domain/values/instant.ts';
import { CanaryError } from '../../src/errors.ts';
import { askProvider } from './ask-provider.ts';
import { fixtureRequest } from './provider-fixtures.ts';
import { startLoopback } from './servers/loopback-server.ts';

/** What a store holds: points by the start of their slot; a `null` is a point without a value. */
export interface StandInSeries {
  readonly tags: Readonly<Record<string, string>>;
  readonly points: readonly (readonly [epochMillis: number, value: number | null])[];
}

export interface StandInRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface StandInAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * A metrics store in small: it answers every question of its provider from series it is given, as the vendor documents.
 * `test/providers/{series,failures}.test.ts` and `test/system/damaged-answers.test.ts` ask it all that every provider
 * owes. Each file of `stand-ins/` is called after a provider and exports `standIns`, one for each protocol the store speaks.
 */
export interface StoreStandIn {
  /** which of the store's protocols, or its name */
  readonly about: string;
  /** fields of the account besides name, type and endpoint */
  readonly account?: (baseUrl: string) => Record<string, unknown>;
  /** parts of the account that must never be told */
  readonly secrets?: readonly string[];
  /** a metric whose answer is one series without tags */
  readonly query: Readonly<Record<string, unknown>>;
  /** one whose series are told apart by the tag `zone`; absent where the store cannot group */
  readonly groupedQuery?: Readonly<Record<string, unknown>>;
  /** what the scope needs besides start, end and step */
  readonly scope?: Readonly<Record<string, unknown>>;
  /** a step the store has, in seconds; 60 when absent */
  readonly step?: number;
  /** the store cuts time at multiples of the step since 1970, whatever is asked */
  readonly epochAligned?: true;
  /** most slots of one question of the provider; the stand-in refuses more than the vendor allows */
  readonly slotsAQuestion?: number;
  /** the vendor has no points without a value: `null` is left out */
  readonly noNulls?: true;
  /** why an answer that was cut off cannot be told from a whole one, where that is so */
  readonly cutUnseen?: string;
  /**
   * What people are shown of a question, read from the request, where it is not one text of it: a field, a parameter or
   * the body
   */
  readonly shownText?: (request: StandInRequest) => string;
  /** why the provider does not send the text it is handed, but what the text shows, where that is so */
  readonly sendsParts?: string;
  /** for stores that are not asked over HTTP: the query that holds the series itself */
  readonly queryHolding?: (series: readonly StandInSeries[]) => Record<string, unknown>;
  /** Answers what the provider asks: queries, `check`, tokens. Only points of the window that was asked. */
  readonly answer: (request: StandInRequest, series: readonly StandInSeries[]) => StandInAnswer;
}

/** The stand-ins of a provider. @throws Error when it has no file there */
async function standInsOf(type: string): Promise<readonly StoreStandIn[]> {
  if (!existsSync(join(import.meta.dirname, 'stand-ins', `${type}.ts`))) {
    throw new Error(`test/support/stand-ins/${type}.ts is missing: every provider owes it`);
  }
  const { standIns } = (await import(`./stand-ins/${type}.ts`)) as { standIns: readonly StoreStandIn[] };
  return standIns;
}

/** What a test about any provider has at hand. */
export interface Trial {
  readonly provider: MetricsProvider;
  readonly standIn: StoreStandIn;
  /** made anew for each test, but for its port */
  readonly store: () => RunningStandIn;
  readonly ask: (window: Window, fields?: RequestFields) => Promise<MetricSet[]>;
  /** so many steps from a full minute on, or from `from` */
  readonly windowOf: (slots: number, from?: number) => Window;
  /** one series that has these values from there on; `undefined` is no point */
  readonly holding: (values: readonly (number | null | undefined)[], from?: number) => StandInSeries[];
}

export const NEVER = new AbortController().signal;
export const START = Date.parse('2025-01-15T12:00:00Z');
const TIMEOUT_MILLIS = 60_000;

/** Defines the tests once for each stand-in of each provider. */
export async function describeProviders(define: (trial: Trial) => void): Promise<void> {
  for (const provider of providers) {
    for (const standIn of await standInsOf(provider.type)) {
      describe(`${provider.type}: ${standIn.about}`, { timeout: TIMEOUT_MILLIS }, () => {
        let running: RunningStandIn;
        beforeAll(async () => {
          running = await startStandIn(provider, standIn);
        });
        afterAll(() => running.stop());
        beforeEach(() => {
          running.asked.length = 0;
          running.series = [];
          running.behave = (_, good) => good();
        });
        define(trialOf(provider, standIn, () => running));
      });
    }
  }
}

function trialOf(provider: MetricsProvider, standIn: StoreStandIn, store: () => RunningStandIn): Trial {
  const { step = 60 } = standIn;
  const stepMillis = step * 1000;
  return {
    provider,
    standIn,
    store,
    ask: (window, fields) => askProvider(provider, store().request(window, fields), NEVER),
    windowOf: (slots, from = START) => ({ startMillis: from, endMillis: from + slots * stepMillis, step }),
    holding: (values, from = START) => {
      const points = values.flatMap((value, slot) =>
        value === undefined ? [] : [[from + slot * stepMillis, value] as const],
      );
      return [{ tags: {}, points }];
    },
  };
}

/** Asks a store that behaves so for three points. @returns how the provider fails */
export async function failureOf(
  { provider, store, windowOf, holding }: Trial,
  behave: Behaviour,
  account: Record<string, unknown> = {},
): Promise<CanaryError> {
  store().series = holding([1, 2, 3]);
  store().behave = behave;
  const asked = askProvider(provider, store().request(windowOf(3), { account }), NEVER);
  const error = await asked.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(CanaryError);
  expect((error as CanaryError).message).toContain("account 'store'");
  return error as CanaryError;
}

/** How the store behaves towards the next requests. */
export type Behaviour = (
  request: StandInRequest,
  good: () => StandInAnswer,
) => StandInAnswer | (Omit<StandInAnswer, 'body'> & { readonly body: Buffer }) | 'hang' | 'reset';

export interface RunningStandIn {
  readonly baseUrl: string;
  readonly asked: StandInRequest[];
  series: readonly StandInSeries[];
  behave: Behaviour;
  /** A question about a window. */
  request(window: Window, fields?: RequestFields): MetricsRequest;
  stop(): Promise<void>;
}

export interface Window {
  readonly startMillis: number;
  readonly endMillis: number;
  /** seconds */
  readonly step: number;
}

interface RequestFields {
  readonly account?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
}

/** Starts a stand-in on a loopback port. */
async function startStandIn(provider: MetricsProvider, standIn: StoreStandIn): Promise<RunningStandIn> {
  const server = await startLoopback(async (incoming, response) => {
    const body = await text(incoming).catch(() => undefined);
    if (body === undefined) return;
    const url = new URL(incoming.url ?? '/', server.baseUrl);
    const request = { method: incoming.method ?? '', url, headers: incoming.headers, body };
    // Stand-ins may write the address of their next page into this one.
    running.asked.push({ ...request, url: new URL(url) });
    const answer = running.behave(request, () => standIn.answer(request, running.series));
    if (answer === 'hang') return;
    if (answer === 'reset') return void response.destroy();
    response
      .writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers })
      .end(answer.body);
  });
  const { baseUrl, stop } = server;
  const running: RunningStandIn = {
    baseUrl,
    stop,
    asked: [],
    series: [],
    behave: (_, good) => good(),
    request({ startMillis, endMillis, step }, { account, query } = {}) {
      const fields = query ?? standIn.queryHolding?.(running.series) ?? standIn.query;
      return fixtureRequest(provider, {
        account: {
          ...(standIn.queryHolding === undefined ? { endpoint: { baseUrl } } : {}),
          ...standIn.account?.(baseUrl),
          ...account,
        },
        metric: { name: 'latency', query: { type: provider.type, ...fields } },
        scope: { ...standIn.scope, start: toInstant(startMillis), end: toInstant(endMillis), step },
      });
    },
  };
  return running;
}
