import fc from 'fast-check';
import { createAnswerCheck, excerptOf } from './answer-check.ts';
import type { ApiDocument } from './api-document.ts';
import type { Corpus } from './corpus.ts';
import type { Answer, FuzzClient } from './fuzz-client.ts';
import { type FuzzRequest, toCurl } from './fuzz-request.ts';
import { changesBetween, type Inventory, keysOf, namesIn, takeInventory, unaccounted } from './inventory.ts';
import { plainBody } from './json-bodies.ts';

export interface FuzzTarget {
  readonly document: ApiDocument;
  readonly client: FuzzClient;
  takeErrors(): string[];
}

export interface FuzzRound {
  /** what to send, given what the service holds */
  readonly requests: (corpus: Corpus) => fc.Arbitrary<FuzzRequest>;
  readonly count: number;
  readonly seed: number;
}

const SETTLE_MILLIS = 50;
const MOST_LOOKS = 200;
const ROUND_MILLIS = 120_000;

/**
 * Sends many requests, one after the other, and checks every answer; at the end, that the lists hold just what the
 * accepted ones put there, and that no error was logged. Leaves the service as it was.
 *
 * @throws Error with a curl command that sends the smallest request that fails
 */
export async function fuzz(target: FuzzTarget, { requests, count, seed }: FuzzRound): Promise<void> {
  const { document, client } = target;
  await plantExamples(target);
  const before = await takeInventory(document, client);
  const accepted: Accepted[] = [];
  const check = createAnswerCheck(document);
  const property = fc.asyncProperty(requests(await readCorpus(client, before)), async (request) => {
    const answer = await client.send(request);
    const problems = [...check(request, answer), ...(await unreadable(target, request, answer))];
    if (problems.length > 0)
      throw new Error(`${problems.join('; ')}\nanswer: ${answer.status} ${excerptOf(answer.body)}`);
    if (answer.status < 400 && changesThings(request)) {
      accepted.push({ request, names: namesIn(request, answer.body), created: createdId(document, request, answer) });
    }
  });
  const outcome = await fc.check(property, { numRuns: count, seed, interruptAfterTimeLimit: ROUND_MILLIS });
  if (outcome.failed) throw new Error(describeFailure(outcome, seed));
  if (outcome.interrupted)
    throw new Error(`only ${outcome.numRuns} of ${count} requests were sent in the time there is`);
  await endAll(target, accepted);
  await checkLists(target, before, accepted);
  checkErrors(target, accepted);
}

/** A request that was taken, and the names it accounts for. */
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

/** One of everything that can be stored, by the document's own examples, so that there is something to hit. */
async function plantExamples({ document, client, takeErrors }: FuzzTarget): Promise<void> {
  for (const { method, path, body } of document.operations) {
    if (method !== 'POST' || path.includes('{') || body?.example === undefined || path === '/judge') continue;
    const { bytes, headers } = plainBody(body.example);
    await client.send({ method, target: path, headers, body: bytes });
  }
  takeErrors();
}

async function readCorpus(client: FuzzClient, inventory: Inventory): Promise<Corpus> {
  const read = async <T>(target: string) =>
    JSON.parse(String((await client.send({ method: 'GET', target, headers: {} })).body)) as T;
  const accounts = await read<{ name: string; type: string }[]>('/credentials');
  return {
    ids: keysOf(inventory),
    accounts: accounts.map(({ name }) => name),
    providers: [...new Set(accounts.map(({ type }) => type))],
    judges: (await read<{ name: string }[]>('/judges')).map(({ name }) => name),
  };
}

function changesThings({ method }: FuzzRequest): boolean {
  return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
}

/** What was made can be read: its id is answered, and found. */
async function unreadable({ document, client }: FuzzTarget, request: FuzzRequest, answer: Answer): Promise<string[]> {
  const id = createdId(document, request, answer);
  if (id === undefined) return [];
  const target = `${collectionOf(document, request)}/${encodeURIComponent(id.toWellFormed())}`;
  const { status, body } = await client.send({ method: 'GET', target, headers: {} });
  return status === 200 ? [] : [`'${id.slice(0, 100)}' was made, but GET answers ${status} ${excerptOf(body)}`];
}

/** The id of what a request has made, when the document has a way to read it. */
function createdId(document: ApiDocument, request: FuzzRequest, { status, body }: Answer): string | undefined {
  const collection = collectionOf(document, request);
  if (request.method !== 'POST' || status !== 200 || collection === undefined) return undefined;
  const answered = JSON.parse(String(body)) as Record<string, unknown>;
  const values = Object.values(answered);
  const id = values.length === 1 ? values[0] : answered.pipelineId;
  return typeof id === 'string' ? id : undefined;
}

function collectionOf(document: ApiDocument, { method, target }: FuzzRequest): string | undefined {
  const made = document.find(method, target.split('?')[0] ?? '');
  const collection = made?.path.replace(/\/\{\w+\}$/, '');
  const reads = document.operations.some(
    (one) => one.method === 'GET' && one.path !== collection && one.path.replace(/\/\{\w+\}$/, '') === collection,
  );
  return reads ? collection : undefined;
}

/** Ends what goes on by itself, such as an analysis over days. */
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

async function checkLists({ document, client }: FuzzTarget, before: Inventory, accepted: readonly Accepted[]) {
  const after = await settledInventory(document, client);
  const changes = changesBetween(before, after);
  const strangers = await unaccounted(changes, new Set(accepted.flatMap(({ names }) => names)), client);
  for (const path of changes) {
    if (document.find('DELETE', path) !== undefined) await client.send({ method: 'DELETE', target: path, headers: {} });
  }
  if (strangers.length > 0) throw new Error(`changed by no accepted request: ${strangers.join('\n')}`);
}

async function settledInventory(document: ApiDocument, client: FuzzClient): Promise<Inventory> {
  let last = await takeInventory(document, client);
  for (let look = 0; look < MOST_LOOKS; look++) {
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MILLIS));
    const now = await takeInventory(document, client);
    if (changesBetween(last, now).length === 0) return now;
    last = now;
  }
  throw new Error('the lists still change long after the last request');
}

function checkErrors({ takeErrors }: FuzzTarget, accepted: readonly Accepted[]): void {
  const errors = takeErrors();
  if (errors.length === 0) return;
  const culprit = accepted.find(
    ({ created }) => created !== undefined && errors.some((line) => line.includes(created)),
  );
  throw new Error(`logged as errors:\n${errors.join('\n')}\n${culprit === undefined ? '' : toCurl(culprit.request)}`);
}
