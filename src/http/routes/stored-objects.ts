import { z } from 'zod';
import { MetricSet } from '../../domain/metric-set.ts';
import { MetricSetPair } from '../../domain/metric-set-pair.ts';
import type { ObjectKey } from '../../domain/stores.ts';
import { toInstant } from '../../domain/values/instant.ts';
import { toWireJson } from '../../domain/values/wire-json.ts';
import type { SeriesLists } from '../../engine/series.ts';
import { ErrorResponse } from '../answer/errors.ts';
import { sendJsonList } from '../answer/json-list.ts';
import { ObjectAccount } from '../request/account-parameters.ts';
import type { HttpServer, Service } from '../service.ts';

export const StoredObjectKey = z
  .object({ id: z.string(), updatedTimestamp: z.number().int(), updatedTimestampIso: z.string() })
  .meta({ id: 'StoredObjectKey' });

/** The key of a stored object as lists show it. */
export function toKeyView({ id, updatedTimestamp }: ObjectKey): z.infer<typeof StoredObjectKey> {
  return { id, updatedTimestamp, updatedTimestampIso: toInstant(updatedTimestamp) };
}

/** `/metricSetList` and `/metricSetPairList`: series of one side, and series in pairs as they are judged. */
export function storedObjectRoutes(http: HttpServer, service: Service): void {
  const { series } = service;
  collectionRoutes(http, service, {
    path: '/metricSetList',
    name: 'MetricSetList',
    what: 'series of one side, from `/fetch` or stored here; those of runs are in `/metricSetPairList`, both sides together',
    element: MetricSet,
    lists: series.sets,
  });
  collectionRoutes(http, service, {
    path: '/metricSetPairList',
    name: 'MetricSetPairList',
    what: 'series in pairs, as they are judged; a gap is the string "NaN"',
    element: MetricSetPair,
    lists: series.pairs,
  });
  pairRoute(http, service);
}

interface Collection<T> {
  readonly path: string;
  readonly name: string;
  readonly what: string;
  readonly element: z.ZodType<T>;
  readonly lists: SeriesLists<T>;
}

function collectionRoutes<T>(http: HttpServer, { accounts }: Service, options: Collection<T>): void {
  const { path, name, what, element, lists } = options;
  const body = z.array(element);
  const idField = `${name[0]?.toLowerCase()}${name.slice(1)}Id`;
  const common = { tags: ['Stored series'], querystring: ObjectAccount };
  const Id = z.object({ id: z.string() });
  const storage = (account: string | undefined) => accounts.storage(account, 'OBJECT_STORE');

  http.get(
    path,
    {
      config: { permission: 'series.read' },
      schema: {
        ...common,
        operationId: `list${name}s`,
        summary: 'List stored series',
        description: `Ids and times of all stored lists: ${what}.`,
        response: { 200: z.array(StoredObjectKey), 400: ErrorResponse },
      },
    },
    async ({ query }) => {
      storage(query.accountName);
      return (await lists.keys()).map(toKeyView);
    },
  );

  http.get(
    `${path}/:id`,
    {
      config: { permission: 'series.read' },
      schema: {
        ...common,
        operationId: `get${name}`,
        summary: 'Get stored series',
        description: `One list: ${what}.`,
        params: Id,
        response: { 200: body, 400: ErrorResponse, 404: ErrorResponse },
      },
    },
    async ({ params, query }, reply) => {
      storage(query.accountName);
      return sendJsonList(reply, await lists.texts(params.id));
    },
  );

  http.post(
    path,
    {
      config: { permission: 'series.write' },
      schema: {
        ...common,
        operationId: `create${name}`,
        summary: 'Store series',
        description: `Stores a list: ${what}. Answers its id.`,
        body,
        response: { 200: z.object({ [idField]: z.string() }), 400: ErrorResponse },
      },
    },
    async ({ body: value, query }) => {
      storage(query.accountName);
      return { [idField]: await lists.add(value) };
    },
  );

  http.delete(
    `${path}/:id`,
    {
      config: { permission: 'series.write' },
      schema: {
        ...common,
        operationId: `delete${name}`,
        summary: 'Delete stored series',
        description: 'An object that does not exist is a 400, as in Kayenta.',
        params: Id,
        response: { 204: z.undefined().describe('deleted'), 400: ErrorResponse },
      },
    },
    async ({ params, query }, reply) => {
      storage(query.accountName);
      await lists.delete(params.id);
      return reply.code(204).send();
    },
  );
}

function pairRoute(http: HttpServer, { series, accounts }: Service): void {
  http.get(
    '/metricSetPairList/:id/:pairId',
    {
      config: { permission: 'series.read' },
      schema: {
        operationId: 'getMetricSetPair',
        summary: 'Get one pair of series',
        description: 'A pair that is not in the list is a 404 without a body, as in Kayenta.',
        tags: ['Stored series'],
        params: z.object({ id: z.string(), pairId: z.string() }),
        querystring: ObjectAccount,
        response: { 200: MetricSetPair, 400: ErrorResponse, 404: ErrorResponse },
      },
    },
    async ({ params, query }, reply) => {
      accounts.storage(query.accountName, 'OBJECT_STORE');
      const written = toWireJson(params.pairId);
      for await (const text of await series.pairs.texts(params.id)) {
        if (!text.includes(written)) continue;
        const pair = JSON.parse(text) as MetricSetPair;
        if (pair.id === params.pairId) return pair;
      }
      return reply.code(404).send();
    },
  );
}
