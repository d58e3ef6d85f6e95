import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { createAnswerCheck, excerptOf } from './answer-check.ts';
import type { ApiDocument } from './api-document.ts';
import type { Corpus } from './corpus.ts';
import type { Answer, FuzzClient } from './fuzz-client.ts';
import { type FuzzRequest, pathOf, toCurl } from './fuzz-request.ts';
import { changesBetween, type Inventory, keysOf, namesIn, takeInventory, unaccounted } from './inventory.ts';
import { plainBody } from './json-bodies.ts';

export interface FuzzTarget {
  readonly document: ApiDocument;
  readonly client: FuzzClient;
  takeErrors(): string[];
  /** ids created in this session, by collection; the service's lists do not contain all of them */
  readonly made: Map<string, string[]>;
}

export interface FuzzRound {
  /** the requests, given the service's content; each in a list is sent once */
  readonly requests: (corpus: Corpus) => fc.Arbitrary<FuzzRequest> | readonly FuzzRequest[];
  readonly count: number;
  readonly seed: number;
}

const SETTLE_MILLIS = 20;
const MOST_LOOKS = 500;
/** So long a run may take to get its turn; one of a disabled instance never does. */
const BUSY_LOOKS = 150;
const MOST_REMEMBERED = 5;
const ROUND_MILLIS = 60_000;

/**
 * Sends many requests in sequence and checks every answer; at the end checks that the lists contain exactly what
 * accepted requests put there, and that no error was logged. Restores the service's state.
 *
 * @returns how many were sent
 * @throws Error with a curl command for the smallest failing request
 */
export async function fuzz(target: FuzzTarget, round: FuzzRound): Promise<number> {
  await plantExamples(target);
  const before = await settledInventory(target);
  const accepted: Accepted[] = [];
  try {
    const sent = await sendAll(target, round, before, accepted);
    await endAll(target, accepted);
    await checkLists(target, before, accepted);
    checkErrors(target, accepted);
    await clear(target);
    return sent;
  } catch (error) {
    // A broken service may fail to be cleared too; report the first failure.
    await clear(target).catch(() => {});
    throw error;
  }
}

async function sendAll(
  target: FuzzTarget,
  { requests, count, seed }: FuzzRound,
  before: Inventory,
  accepted: Accepted[],
): Promise<number> {
  const { document, client } = target;
  const check = createAnswerCheck(document);
  const chosen = requests(await readCorpus(target, before));
  const examples = Array.isArray(chosen) ? (chosen as FuzzRequest[]).map((request): [FuzzRequest] => [request]) : [];
  const arbitrary = chosen instanceof fc.Arbitrary ? chosen : fc.constantFrom(...chosen);
  const property = fc.asyncProperty(arbitrary, async (request) => {
    const answer = await client.send(request);
    const problems = check(request, answer);
    if (problems.length === 0) problems.push(...(await unreadable(target, request, answer)));
    if (problems.length > 0) {
      throw new Error(`${problems.join('; ')}\nanswer: ${answer.status} ${excerptOf(answer.body)}`);
    }
    if (answer.status < 400 && changesThings(request)) {
      const created = remember(target, request, answer);
      accepted.push({ request, names: namesIn(request, answer.body), created });
    }
  });
  const outcome = await fc.check(property, {
    numRuns: examples.length || count,
    examples,
    seed,
    interruptAfterTimeLimit: ROUND_MILLIS,
  });
  if (outcome.failed) throw new Error(describeFailure(outcome, seed));
  if (outcome.interrupted) throw new Error(`only ${outcome.numRuns} of ${count} requests were sent in time`);
  return outcome.numRuns;
}

/** An accepted request, and the names it accounts for. */
interface Accepted {
  readonly request: FuzzRequest;
  readonly names: readonly string[];
  readonly created: string | undefined;
}

function describeFailure(outcome: fc.RunDetails<[FuzzRequest]>, seed: number): string {
  const [request] = outcome.counterexample ?? [];
  const cause = outcome.errorInstance instanceof Error ? outcome.errorInstance.message : String(outcome.errorInstance);
  const again = request === undefined ? '' : toCurl(request);
  return `${cause}\n\n${again}\n\nafter ${outcome.numRuns} requests; again with FUZZ_SEED=${seed}`;
}

/** Stores one of everything, from the document's examples, so that there is something to hit. */
async function plantExamples(target: FuzzTarget): Promise<void> {
  const { document, client } = target;
  for (const { method, path, body } of document.operations) {
    const plantable = method === 'POST' && !path.includes('{') && collectionOf(document, { method, target: path });
    if (!plantable || body === undefined) continue;
    const request = { method, target: path, ...sent(body.example) };
    await untilComplete(client, path, remember(target, request, await client.send(request)));
  }
}

/** Waits for background work to end, such as a run. */
async function untilComplete(client: FuzzClient, collection: string, id: string | undefined): Promise<void> {
  for (let look = 0; id !== undefined && look < MOST_LOOKS; look++) {
    const { body } = await client.send({ method: 'GET', target: `${collection}/${id}`, headers: {} });
    if ((JSON.parse(String(body)) as { complete?: boolean }).complete !== false) return;
    await sleep(SETTLE_MILLIS);
  }
}

const sent = (value: unknown) => {
  const { bytes, headers } = plainBody(value);
  return { headers, body: bytes };
};

async function readCorpus({ client, made }: FuzzTarget, inventory: Inventory): Promise<Corpus> {
  const read = async <T>(target: string) =>
    JSON.parse(String((await client.send({ method: 'GET', target, headers: {} })).body)) as T;
  const accounts = await read<{ name: string; type: string; supportedTypes: string[] }[]>('/credentials');
  const [metrics, storage] = ['METRICS_STORE', 'OBJECT_STORE'].map((type) =>
    accounts.filter(({ supportedTypes }) => supportedTypes.includes(type)),
  );
  const ids = new Map([...made, ...keysOf(inventory)]);
  const [pairList = ''] = ids.get('/metricSetPairList') ?? [];
  return {
    ids,
    pairs: (await read<{ id: string }[]>(`/metricSetPairList/${pairList}`)).map(({ id }) => id),
    metricsAccounts: metrics?.map(({ name }) => name) ?? [],
    storageAccounts: storage?.map(({ name }) => name) ?? [],
    providers: metrics?.map(({ type }) => type) ?? [],
    judges: (await read<{ name: string }[]>('/judges')).map(({ name }) => name),
  };
}

function changesThings({ method }: FuzzRequest): boolean {
  return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
}

/** A created object can be read by its id and is in the list. */
async function unreadable({ document, client }: FuzzTarget, request: FuzzRequest, answer: Answer): Promise<string[]> {
  const id = createdId(document, request, answer);
  const collection = collectionOf(document, request);
  if (id === undefined || collection === undefined) return [];
  if (id === '') return ['an empty id was made'];
  const reads = [`${collection}/${encodeURIComponent(id.toWellFormed())}`];
  if (document.find('GET', collection) !== undefined) reads.push(collection);
  const problems: string[] = [];
  for (const target of reads) {
    const { status, body } = await client.send({ method: 'GET', target, headers: {} });
    if (status !== 200) problems.push(`made, but GET ${target.slice(0, 100)} answers ${status} ${excerptOf(body)}`);
  }
  return problems;
}

/** @returns the id of the created object, if any */
function remember({ document, made }: FuzzTarget, request: FuzzRequest, answer: Answer): string | undefined {
  const id = createdId(document, request, answer);
  const collection = collectionOf(document, request);
  if (id === undefined || collection === undefined) return id;
  made.set(collection, [id, ...(made.get(collection) ?? [])].slice(0, MOST_REMEMBERED));
  return id;
}

/** The id of the object a request created, if the document has an operation to read it. */
function createdId(document: ApiDocument, request: FuzzRequest, { status, body }: Answer): string | undefined {
  const collection = collectionOf(document, request);
  if (request.method !== 'POST' || status !== 200 || collection === undefined) return undefined;
  const answered = JSON.parse(String(body)) as Record<string, unknown>;
  const values = Object.values(answered);
  const id = values.length === 1 ? values[0] : answered.pipelineId;
  return typeof id === 'string' ? id : undefined;
}

/** Where an object is read that is not made in the list it is in. */
const MADE_ELSEWHERE: ReadonlyMap<string, string> = new Map([['/canaryConfig/backtest', '/backtests']]);

function collectionOf(
  document: ApiDocument,
  { method, target }: Pick<FuzzRequest, 'method' | 'target'>,
): string | undefined {
  const made = document.find(method, pathOf(target));
  const collection = MADE_ELSEWHERE.get(made?.path ?? '') ?? made?.path.replace(/\/\{\w+\}$/, '');
  const reads = document.operations.some(
    (one) => one.method === 'GET' && one.path !== collection && one.path.replace(/\/\{\w+\}$/, '') === collection,
  );
  return reads ? collection : undefined;
}

/** Cancels background work, such as an analysis over days. */
async function endAll({ document, client }: FuzzTarget, accepted: readonly Accepted[]): Promise<void> {
  const ends = document.operations.filter(({ method, path }) => method === 'PUT' && path.endsWith('}/cancel'));
  for (const { created } of accepted) {
    if (created === undefined) continue;
    for (const { method, path } of ends) {
      await client.send({
        method,
        target: path.replace(/\{\w+\}/, encodeURIComponent(created.toWellFormed())),
        headers: {},
      });
    }
  }
}

async function checkLists(target: FuzzTarget, before: Inventory, accepted: readonly Accepted[]): Promise<void> {
  const changes = changesBetween(before, await settledInventory(target));
  const strangers = await unaccounted(changes, new Set(accepted.flatMap(({ names }) => names)), target.client);
  if (strangers.length === 0) return;
  throw new Error(`${strangers.length} changed by no accepted request:\n${strangers.slice(0, 3).join('\n')}`);
}

/** A run that will go on by itself: not one that waits for the end of its window. */
function isUnderWay(document: string): boolean {
  return document.includes('"complete":false') && !document.includes('"waitsUntilMillis"');
}

async function settledInventory({ document, client }: FuzzTarget): Promise<Inventory> {
  let last = await takeInventory(document, client);
  for (let look = 0; look < MOST_LOOKS; look++) {
    await sleep(SETTLE_MILLIS);
    const now = await takeInventory(document, client);
    const isBusy = look < BUSY_LOOKS && [...now.values()].some(isUnderWay);
    if (!isBusy && changesBetween(last, now).length === 0) return now;
    last = now;
  }
  throw new Error('the lists still change long after the last request');
}

/** Deletes everything that is listed and can be deleted, and re-enables runs if they were disabled. */
async function clear({ document, client, takeErrors }: FuzzTarget): Promise<void> {
  await client.send({ method: 'POST', target: '/admin/orca/instance/enabled', ...sent({ enabled: true }) });
  for (const path of (await takeInventory(document, client)).keys()) {
    const kept = document.find('DELETE', path) === undefined || path.startsWith('/credentials');
    if (!kept) await client.send({ method: 'DELETE', target: path, headers: {} });
  }
  takeErrors();
}

function checkErrors({ takeErrors }: FuzzTarget, accepted: readonly Accepted[]): void {
  const errors = takeErrors();
  if (errors.length === 0) return;
  const culprit = accepted.find(
    ({ created }) => created !== undefined && errors.some((line) => line.includes(created)),
  );
  throw new Error(`logged as errors:\n${errors.join('\n')}\n${culprit === undefined ? '' : toCurl(culprit.request)}`);
}
