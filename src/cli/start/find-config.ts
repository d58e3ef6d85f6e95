import { z } from 'zod';
import { CanaryConfigSummary } from '../../domain/canary-config.ts';
import { closestNames } from '../../domain/values/closest-names.ts';
import type { HttpClient } from '../client/http-client.ts';
import { bodyOf, readBody } from '../client/read-answer.ts';
import { CommandError, EXIT } from '../command-error.ts';
import { isFile, nameOf, readObject } from './read-input.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** The config of a start: stored, or brought along. */
export type ChosenConfig =
  | { readonly id: string; readonly config: JsonObject }
  | { readonly id?: undefined; readonly config: JsonObject };

/** The config that an argument means: a file, standard input, or the id or name of a stored one. */
export async function findConfig(argument: string, client: HttpClient): Promise<ChosenConfig> {
  if (!isFile(argument)) return storedConfig(argument, client);
  const value = await readObject(argument);
  const { canaryConfig: inside } = value;
  if (inside === undefined) return { config: value };
  if (typeof inside === 'object' && inside !== null) return { config: inside as JsonObject };
  throw new CommandError(EXIT.usage, `${nameOf(argument)}: canaryConfig must be an object`);
}

/** By its id, else by its name. @throws CommandError usage when there is none, or several have the name */
export async function storedConfig(idOrName: string, client: HttpClient) {
  const summaries = await configList(client);
  const byId = summaries.filter(({ id }) => id === idOrName);
  const found = byId.length > 0 ? byId : summaries.filter(({ name }) => name === idOrName);
  const [one, another] = found;
  if (one === undefined) throw new CommandError(EXIT.usage, unknownConfig(idOrName, summaries, client));
  if (another !== undefined) {
    const ids = found.map(({ id, applications }) => `${id} (${applications.join(', ')})`).join(', ');
    throw new CommandError(EXIT.usage, `several configs are called '${idOrName}'; name one by its id: ${ids}`);
  }
  const answer = await client.get(`/canaryConfig/${encodeURIComponent(one.id)}`);
  return { id: one.id, config: bodyOf(answer, `the config '${idOrName}' cannot be read`) as JsonObject };
}

/** All stored configs. @throws CommandError when they cannot be listed */
export async function configList(client: HttpClient, application?: string): Promise<CanaryConfigSummary[]> {
  const answer = await client.get('/canaryConfig', { application });
  return readBody(answer, 'configs cannot be listed', z.array(CanaryConfigSummary));
}

/**
 * The id of the stored config that this one replaces: of its id, else of its name in one of its applications.
 *
 * @throws CommandError usage when several have the name
 */
export async function replacedId(
  { id, name, applications }: JsonObject,
  client: HttpClient,
): Promise<string | undefined> {
  const stored = await configList(client);
  if (typeof id === 'string' && id !== '') return stored.find((one) => one.id === id)?.id;
  const own = Array.isArray(applications) ? applications : [];
  const found = stored.filter((one) => one.name === name && one.applications.some((one) => own.includes(one)));
  if (found.length > 1) {
    const ids = found.map((one) => one.id).join(', ');
    throw new CommandError(EXIT.usage, `'${name}' is the name of several configs; write the id into the file: ${ids}`);
  }
  return found[0]?.id;
}

/** A config with an id is checked and stored as the replacement of the stored one. */
export function withId(config: JsonObject, id: string | undefined): JsonObject {
  return id === undefined ? config : { ...config, id };
}

function unknownConfig(asked: string, known: readonly CanaryConfigSummary[], { baseUrl }: HttpClient): string {
  const names = known.flatMap(({ id, name }) => [name, id]);
  const [nearest] = closestNames(asked, names);
  const hint = nearest === undefined ? '' : ` (did you mean ${nearest}?)`;
  const stored =
    known.length === 0
      ? 'none is stored yet: store one with `haldane config apply <file>`'
      : 'list them with `haldane config list`';
  return `'${asked}' is no file, and no id or name of a config of ${baseUrl}${hint}; ${stored}`;
}
