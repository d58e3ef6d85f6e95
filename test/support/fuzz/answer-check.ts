import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { ApiDocument, Operation } from './api-document.ts';
import type { Answer } from './fuzz-client.ts';
import { type FuzzRequest, pathOf } from './fuzz-request.ts';

/** The problems of an answer; empty when it matches the document. */
export type AnswerCheck = (request: FuzzRequest, answer: Answer) => string[];

/** Kayenta sends these without a body, and so do we. */
const BODILESS = new Set(['getMetricSetPair 404']);

/** Checks status, media type and body of answers against the document. */
export function createAnswerCheck(document: ApiDocument): AnswerCheck {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'document', components: { schemas: document.components } });
  const compiled = new Map<object, ValidateFunction>();
  const problemsWith = (schema: object, value: unknown): string[] => {
    const check = compiled.get(schema) ?? ajv.compile(pointedAtDocument(schema));
    compiled.set(schema, check);
    return check(value) ? [] : [`the body is not what the document says: ${ajv.errorsText(check.errors)}`];
  };
  return (request, answer) => {
    const operation = document.find(request.method, pathOf(request.target).replaceAll(/\/{2,}/g, '/'));
    if (answer.status >= 500) return [`${answer.status}`];
    if (request.method === 'HEAD') return answer.body.length === 0 ? [] : ['an answer to HEAD has a body'];
    if (isPageFor(request, answer)) return [];
    if (operation === undefined) return answer.status < 400 ? [] : errorProblems(answer);
    return documentedProblems(operation, answer, problemsWith);
  };
}

function pointedAtDocument(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"document#/components'));
}

function documentedProblems(
  { operationId, responses }: Operation,
  answer: Answer,
  problemsWith: (schema: object, value: unknown) => string[],
): string[] {
  const status = String(answer.status);
  const content = responses[status] ?? (answer.status >= 400 ? responses.default : undefined);
  if (content === undefined) return [`the document has no status ${status} for ${operationId}`];
  if (BODILESS.has(`${operationId} ${status}`) && answer.body.length === 0) return [];
  const types = Object.keys(content);
  if (types.length === 0) return answer.body.length === 0 ? [] : [`${status} has a body the document does not tell of`];
  const type = mediaTypeOf(answer);
  const media = content[type];
  if (media === undefined) return [`the media type is '${type}', the document says ${types.join(', ')}`];
  if (type !== 'application/json') return [];
  const json = readJson(answer.body);
  if (json === undefined) return [`the body is not JSON: ${excerptOf(answer.body)}`];
  return [...problemsWith(media.schema, json.value), ...(answer.status < 400 ? [] : errorProblems(answer))];
}

/** Who asks for a page is told on a page that no route is there, also for `/reports/.html`, which has no id. */
function isPageFor({ headers }: FuzzRequest, answer: Answer): boolean {
  return (
    [404, 405].includes(answer.status) &&
    mediaTypeOf(answer) === 'text/html' &&
    String(headers.accept ?? '').includes('text/html')
  );
}

/** ERR-1: an error is a JSON object with a text `message`. */
function errorProblems(answer: Answer): string[] {
  const json = readJson(answer.body);
  const { value } = json ?? {};
  if (mediaTypeOf(answer) !== 'application/json' || typeof value !== 'object' || value === null)
    return [`${answer.status} is not a JSON object: ${excerptOf(answer.body)}`];
  if (!('message' in value) || typeof value.message !== 'string')
    return [`${answer.status} has no message: ${excerptOf(answer.body)}`];
  return [];
}

function mediaTypeOf({ headers }: Answer): string {
  return (headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
}

function readJson(body: Buffer): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) };
  } catch {
    return undefined;
  }
}

/** The beginning of a body, for people. */
export function excerptOf(body: Buffer): string {
  const text = body.subarray(0, 500).toString();
  return text === '' ? '(empty)' : text;
}
