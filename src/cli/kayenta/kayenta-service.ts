import { z } from 'zod';
import { dropNulls } from '../../domain/values/wire-json.ts';
import type { HttpClient, Query } from '../client/http-client.ts';
import type { JsonAnswer } from '../client/json-answer.ts';
import { CommandError, EXIT } from '../command-error.ts';
import type { Found, KayentaSource } from './kayenta-source.ts';

/** Stores differ in the other fields of a list, and in whether times are seconds or milliseconds. */
const Keys = z.array(z.looseObject({ id: z.string().min(1), updatedTimestamp: z.number().default(0) }));

/** A running Kayenta. @param account name of its store; absent: its default */
export function readKayentaService(client: HttpClient, account: string | undefined): KayentaSource {
  const read = async (path: string, id: string, query: Query) =>
    toFound(await client.get(`${path}/${encodeURIComponent(id)}`, query));
  return {
    configIds: () => listIds(client, '/canaryConfig', { configurationAccountName: account }),
    runIds: () => listIds(client, '/canaryResultArchive', { storageAccountName: account }),
    standaloneIds: async () => [],
    config: (id) => read('/canaryConfig', id, { configurationAccountName: account }),
    run: (id) => read('/canaryResultArchive', id, { storageAccountName: account }),
    pairs: (id) => read('/metricSetPairList', id, { accountName: account }),
  };
}

/** The result of a request for one object. */
export function toFound(answer: JsonAnswer): Found {
  if (answer.ok) {
    if (dropNulls(answer.body)) return { kind: 'found', value: answer.body };
    return { kind: 'broken', reason: 'nested too deep' };
  }
  return { kind: answer.status === 404 ? 'gone' : 'broken', reason: answer.reason };
}

/** Reads a list that everything else depends on. @throws CommandError unreachable */
export async function readList<T>(client: HttpClient, schema: z.ZodType<T>, path: string, query: Query): Promise<T> {
  const answer = await client.get(path, query);
  const parsed = answer.ok ? schema.safeParse(answer.body) : undefined;
  if (parsed?.success) return parsed.data;
  const reason = answer.ok ? 'the answer is not a list of objects with an id' : answer.reason;
  throw new CommandError(EXIT.unreachable, `Kayenta at ${client.baseUrl} cannot be read: GET ${path}: ${reason}`);
}

async function listIds(client: HttpClient, path: string, query: Query): Promise<string[]> {
  const keys = await readList(client, Keys, path, query);
  keys.sort((one, other) => other.updatedTimestamp - one.updatedTimestamp || (one.id < other.id ? 1 : -1));
  return [...new Set(keys.map(({ id }) => id))];
}
