import { readFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { decodingProblems, type Shape, type Shapes } from './wire-shape.ts';

/** The requests of a Kayenta client, in order, and what it must be able to read from the responses. */
export interface Client {
  readonly about: string;
  /** the client's timeout for one response */
  readonly timeoutMillis: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly shapes?: Shapes;
  readonly steps: readonly Step[];
}

export interface Step {
  /** a sentence about what the client gets */
  readonly name: string;
  readonly method: string;
  /** sent unchanged: not all clients escape */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** bytes as they are; or else `body`, an object, `{ "$file": … }`, or `{ "$from": "name", "with": … }` */
  readonly rawBody?: string;
  readonly body?: unknown;
  /** repeated until the answer has these values, by path */
  readonly until?: Readonly<Record<string, unknown>>;
  readonly expect: {
    readonly status: number;
    readonly text?: string;
    /** checks of every answer, also while repeating */
    readonly decode?: Shape;
    /** checks of the last answer */
    readonly decodeLast?: Shape;
    readonly values?: Readonly<Record<string, unknown>>;
    readonly absent?: readonly string[];
    /** every value of the left path is among those of the right one; paths begin with the name of an answer */
    readonly joins?: Readonly<Record<string, string>>;
  };
  /** the name under which later steps know the answer */
  readonly as?: string;
}

/** Answers by name. `{{name/path}}` in a later step is a value of one; `${…}` is left to the templates of configs. */
export type Answers = Map<string, unknown>;

/** @returns the client's problems; empty is good */
export async function replayStep(
  client: Client,
  step: Step,
  to: { port: number; answers: Answers },
): Promise<string[]> {
  const { answers } = to;
  const deadline = performance.now() + client.timeoutMillis;
  for (;;) {
    const answer = await send(client, step, to);
    const body = parse(answer.text);
    const problems = [...(answer.status === step.expect.status ? [] : [`status ${answer.status}: ${answer.text}`])];
    problems.push(...shapeProblems(client, step.expect.decode, answer.text));
    if (problems.length > 0) return problems;
    if (step.as !== undefined) answers.set(step.as, body);
    const waits = valueProblems(body, fill(step.until ?? {}, answers));
    if (waits.length === 0) return lastProblems(client, step, { ...answer, body }, answers);
    if (performance.now() > deadline) return waits;
    await sleep(5);
  }
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

async function send(
  client: Client,
  step: Step,
  { port, answers }: { port: number; answers: Answers },
): Promise<Answer> {
  const body = step.rawBody === undefined ? bodyText(step.body, answers) : step.rawBody;
  const headers = {
    ...client.headers,
    ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
    ...step.headers,
  };
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const path = String(fill(step.path, answers));
  const options = { host: '127.0.0.1', port, method: step.method, path, headers, agent: false } as const;
  const sent = request(options, (response) => {
    readText(response).then(
      (text) => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      reject,
    );
  });
  sent.setTimeout(client.timeoutMillis, () => sent.destroy(new Error(`no answer in ${client.timeoutMillis} ms`)));
  sent.on('error', reject);
  sent.end(body);
  return promise;
}

function bodyText(body: unknown, answers: Answers): string | undefined {
  return body === undefined ? undefined : JSON.stringify(fill(body, answers));
}

function lastProblems(
  client: Client,
  { expect }: Step,
  answer: Answer & { body: unknown },
  answers: Answers,
): string[] {
  return [
    ...(expect.text === undefined || expect.text === answer.text ? [] : [`text: ${answer.text}`]),
    ...shapeProblems(client, expect.decodeLast, answer.text),
    ...valueProblems(answer.body, fill(expect.values ?? {}, answers)),
    ...(expect.absent ?? []).filter((path) => select(answer.body, path).length > 0).map((path) => `${path} is there`),
    ...Object.entries(expect.joins ?? {}).flatMap(([left, right]) => joinProblems(answers, left, right)),
  ];
}

function shapeProblems({ shapes = {} }: Client, shape: Shape | undefined, text: string): string[] {
  return shape === undefined ? [] : decodingProblems(text, shape, shapes);
}

function valueProblems(body: unknown, values: unknown): string[] {
  return Object.entries(values as Record<string, unknown>).flatMap(([path, wanted]) => {
    const found = select(body, path);
    const same = found.length === 1 && isDeepStrictEqual(found[0], wanted);
    return same ? [] : [`${path || '/'}: ${JSON.stringify(found)} is not ${JSON.stringify(wanted)}`];
  });
}

function joinProblems(answers: Answers, left: string, right: string): string[] {
  const [lefts, rights] = [left, right].map((path) => selectIn(answers, path));
  if (!lefts?.length) return [`${left}: nothing there`];
  return lefts.filter((value) => !rights?.includes(value)).map((value) => `${left}: ${value} is not in ${right}`);
}

function selectIn(answers: Answers, path: string): unknown[] {
  const [name = '', ...rest] = path.split('/');
  if (!answers.has(name)) throw new Error(`there is no answer '${name}' yet`);
  return select(answers.get(name), rest.length === 0 ? '' : `/${rest.join('/')}`);
}

/** `/results/0/id`; `*` is every element or field. */
function select(value: unknown, path: string): unknown[] {
  const keys = path.split('/').slice(1);
  return keys.reduce<unknown[]>(
    (found, key) =>
      found.flatMap((one) => {
        if (typeof one !== 'object' || one === null) return [];
        if (key === '*') return Object.values(one);
        return Object.hasOwn(one, key) ? [(one as Record<string, unknown>)[key]] : [];
      }),
    [value],
  );
}

/** Replaces `{{…}}` by values of earlier answers, and `$file` and `$from` by files and answers. */
function fill(value: unknown, answers: Answers): unknown {
  if (typeof value === 'string') return fillText(value, answers);
  if (Array.isArray(value)) return value.map((element) => fill(element, answers));
  if (typeof value !== 'object' || value === null) return value;
  const { $file, $from, with: changes, ...fields } = value as Record<string, unknown>;
  if (typeof $file === 'string') {
    return { ...JSON.parse(readFileSync($file, 'utf8')), ...(fill(changes ?? {}, answers) as object) };
  }
  if (typeof $from === 'string') {
    return { ...(selectIn(answers, $from)[0] as object), ...(fill(changes ?? {}, answers) as object) };
  }
  return Object.fromEntries(Object.entries(fields).map(([key, child]) => [key, fill(child, answers)]));
}

function fillText(text: string, answers: Answers): unknown {
  const [whole] = /^\{\{([^{}]+)\}\}$/.exec(text)?.slice(1) ?? [];
  if (whole !== undefined) return selectIn(answers, whole)[0];
  return text.replace(/\{\{([^{}]+)\}\}/g, (_, path: string) => String(selectIn(answers, path)[0]));
}

function parse(text: string): unknown {
  return text === '' ? undefined : JSON.parse(text);
}
