import type { ApiDocument, Operation } from './api-document.ts';
import type { FuzzClient } from './fuzz-client.ts';
import { type FuzzRequest, pathOf } from './fuzz-request.ts';

/** The content of the service's lists: each entry by list and key, as JSON text. */
export type Inventory = ReadonlyMap<string, string>;

/** Lists from the configuration: without them there is nothing to fuzz. */
const CONFIGURED: ReadonlySet<string> = new Set(['/credentials', '/metricsServices', '/judges']);
/** The length of generated ids; shorter texts occur in objects by chance. */
const SHORTEST_MADE_ID = 20;

/** Reads every list operation without path parameters whose answer is complete. */
export async function takeInventory(document: ApiDocument, client: FuzzClient): Promise<Inventory> {
  const entries: [string, string][] = [];
  for (const { path } of listsOf(document)) {
    for (const entry of await getList(client, path)) {
      entries.push([`${path}/${encodeURIComponent(keyOf(entry))}`, JSON.stringify(entry)]);
    }
  }
  return new Map(entries);
}

/** The paths of everything added, changed or removed between two inventories. */
export function changesBetween(before: Inventory, after: Inventory): string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path));
}

/**
 * Changes that no accepted request accounts for. A request accounts for a key in its path, body or answer, and for
 * objects that mention such a key or are mentioned by its object, such as the series of a run.
 */
export async function unaccounted(
  changes: readonly string[],
  named: ReadonlySet<string>,
  client: FuzzClient,
): Promise<string[]> {
  const items = await Promise.all(
    changes.map(async (path) => ({ path, key: lastOf(path), text: JSON.stringify(await getJson(client, path)) })),
  );
  const explained = new Set(items.filter(({ key }) => named.has(key)));
  for (let before = -1; before !== explained.size; ) {
    before = explained.size;
    for (const item of items) {
      if ([...explained].some((other) => mentions(other, item.key) || mentions(item, other.key))) explained.add(item);
    }
    for (const item of items) if ([...named].some((name) => mentions(item, name))) explained.add(item);
  }
  return items.filter((item) => !explained.has(item)).map(({ path, text }) => `${path}: ${text?.slice(0, 300)}`);
}

function mentions({ text }: { text: string | undefined }, key: string): boolean {
  return key.length >= SHORTEST_MADE_ID && text?.includes(key) === true;
}

/** Every text in an accepted exchange that may be a key. */
export function namesIn({ target, body }: FuzzRequest, answer: Buffer): string[] {
  const segments = pathOf(target).split('/').map(decoded);
  return [
    ...segments,
    ...textsIn(parsed(body)),
    ...textsIn(parsed(answer)),
    ...new URLSearchParams(target.split('?')[1]).values(),
  ];
}

/** The ids of all listed objects, by the path of the list. */
export function keysOf(inventory: Inventory): Map<string, string[]> {
  const byList = Map.groupBy(inventory.keys(), (path) => path.slice(0, path.lastIndexOf('/')));
  return new Map(
    [...byList].filter(([list]) => !CONFIGURED.has(list)).map(([list, paths]) => [list, paths.map(lastOf)]),
  );
}

function listsOf({ operations }: ApiDocument): Operation[] {
  return operations.filter(
    ({ method, path, parameters, responses }) =>
      method === 'GET' &&
      !path.includes('{') &&
      responses['200']?.['application/json']?.schema.type === 'array' &&
      !parameters.some(({ name, required }) => name === 'limit' || required === true),
  );
}

function keyOf(entry: unknown): string {
  if (typeof entry === 'string') return entry;
  const { id, pipelineId, name } = entry as Record<string, unknown>;
  return String(id ?? pipelineId ?? name);
}

function lastOf(path: string): string {
  return decoded(path.slice(path.lastIndexOf('/') + 1));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function getList(client: FuzzClient, path: string): Promise<unknown[]> {
  const { status, body } = await client.send({ method: 'GET', target: path, headers: {} });
  if (status !== 200) throw new Error(`GET ${path} answers ${status} ${body}`);
  return JSON.parse(String(body));
}

async function getJson(client: FuzzClient, path: string): Promise<unknown> {
  const { body } = await client.send({ method: 'GET', target: path, headers: {} });
  return parsed(body);
}

function parsed(body: Buffer | undefined): unknown {
  try {
    return JSON.parse(String(body ?? ''));
  } catch {
    return undefined;
  }
}

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  if (typeof value === 'object' && value !== null) for (const child of Object.values(value)) yield* textsIn(child);
}
