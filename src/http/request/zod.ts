import type { FastifySchemaCompiler, FastifyTypeProvider } from 'fastify';
import { z } from 'zod';
import { knownKeysAt, meantInstead } from '../../domain/unknown-keys.ts';
import { excerpt } from '../../domain/values/excerpt.ts';
import { fieldPath } from '../../domain/values/field-path.ts';
import { readScalars } from '../../domain/values/read-scalars.ts';
import { toWireJson } from '../../domain/values/wire-json.ts';
import { CanaryError } from '../../errors.ts';
import { firstProblems } from './first-problems.ts';
import { lengthProblem } from './length-problem.ts';
import { rememberSent } from './sent-parts.ts';

/** Types handlers by the zod schemas of their routes. */
export interface ZodTypeProvider extends FastifyTypeProvider {
  readonly validator: this['schema'] extends z.ZodType ? z.output<this['schema']> : unknown;
  readonly serializer: unknown;
}

/**
 * Checks a part of a request with its zod schema; what is wrong becomes a 400 naming field, value and remedy. Bodies are
 * read as Kayenta reads them, see {@link readScalars}.
 */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart }) =>
  (data: unknown) => {
    const parsed = httpPart === 'body' ? parseBody(schema, data ?? undefined) : schema.safeParse(data ?? {});
    if (parsed.success) {
      rememberSent(parsed.data, data);
      return { value: parsed.data };
    }
    const issues = parsed.error.issues.slice(0, MOST_PROBLEMS);
    const problems = issues.map((issue) => describeIssue(issue, { schema, data, part: httpPart ?? 'request' }));
    return { error: new CanaryError('REQUEST_INVALID', problems.slice(0, 5).join('; '), { details: problems }) };
  };

/** A value as a body is parsed. A large one is read strictly, and only its first problems are found: all take long. */
export function parseBody<T>(schema: z.ZodType<T>, data: unknown): z.ZodSafeParseResult<T> {
  try {
    const first = firstProblems(schema, data);
    return first.length === 0 ? readScalars(schema, data) : failed(first);
  } catch (error) {
    const problem = error instanceof TypeError ? lengthProblem(data) : undefined;
    if (problem === undefined) throw error;
    return failed([problem]);
  }
}

function failed<T>(issues: z.core.$ZodIssue[]): z.ZodSafeParseError<T> {
  return { success: false, error: new z.ZodError(issues) as z.ZodError<T> };
}

/** What is wrong with a value, a problem a field: its path, and in words what is wrong. */
export function fieldProblems(schema: z.ZodType, data: unknown): { path: string; message: string }[] {
  return (parseBody(schema, data).error?.issues ?? []).slice(0, MOST_PROBLEMS).map((issue) => {
    const path = fieldPath(issue.path);
    return { path, message: describeIssue(issue, { schema, data, part: '' }).slice(path.length).replace(/^: /, '') };
  });
}

/** The most problems to report: the rest are mostly the same. */
const MOST_PROBLEMS = 20;

/** Serializes every response for the wire. Response schemas are documentation, checked by tests. */
export const serializerCompiler = () => toWireJson;

interface Checked {
  readonly schema: z.ZodType;
  readonly data: unknown;
  /** what it is, where the whole is wrong */
  readonly part: string;
}

function describeIssue(issue: z.core.$ZodIssue, { schema, data, part }: Checked): string {
  const path = fieldPath(issue.path);
  const field = path === '' ? part : path;
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeysAt(schema, issue.path).filter((name) => !name.includes('.'));
    const told = issue.keys.map((key) => `'${key.slice(0, MOST_QUOTED)}' is not known; ${meantInstead(key, known)}`);
    return `${field}: ${told.join('; ')}`;
  }
  const message = issue.message.slice(0, LONGEST_MESSAGE);
  const value = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], data);
  if (value === undefined || value === null) return `${field}: ${message}`;
  return quotes(message, value) ? `${field}: ${message}` : `${field}: ${message} (got ${excerpt(value)})`;
}

/** Whether the message already says the value: nobody reads it twice. */
function quotes(message: string, value: unknown): boolean {
  if (typeof value === 'object') return message.includes(excerpt(value));
  const text = String(value).slice(0, MOST_QUOTED);
  return ["'", '"'].some((quote) => message.includes(quote + text));
}

const MOST_QUOTED = 40;

/** A message may quote what it is about. */
const LONGEST_MESSAGE = 300;
export type JsonSchema = { [keyword: string]: JsonSchema | JsonSchema[] | unknown };

/**
 * A zod schema as JSON Schema 2020-12, in its input form; schemas with an `id` are moved to `components` and
 * referenced. Responses are described by the same shape.
 */
export function toJsonSchema(schema: z.ZodType, components: Record<string, JsonSchema>): JsonSchema {
  const whole = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', target: 'draft-2020-12' }) as JsonSchema;
  const { $schema: _, $defs = {}, id, ...own } = pointToComponents(whole) as JsonSchema;
  for (const [name, component] of Object.entries($defs as Record<string, JsonSchema>)) {
    const { id: _id, ...rest } = component;
    components[name] = rest;
  }
  if (typeof id !== 'string') return own;
  components[id] = own;
  return { $ref: `#/components/schemas/${id}` };
}

function pointToComponents(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pointToComponents);
  if (typeof value !== 'object' || value === null) return value;
  const converted = Object.entries(value).map(([key, child]) => [
    key,
    key === '$ref' && typeof child === 'string'
      ? child.replace('#/$defs/', '#/components/schemas/')
      : pointToComponents(child),
  ]);
  return forGenerators(Object.fromEntries(converted));
}

/**
 * What generators of clients stumble over, said otherwise: lists of types, constant flags, 2^53. A default is said in
 * words: to some generators a field with one must be there, and forms would be filled in with it. Numbers have a format,
 * since a number without one is single precision to some.
 */
function forGenerators({ type, default: usual, ...schema }: JsonSchema): JsonSchema {
  const { const: constant, minimum, maximum, description, ...rest } = schema;
  const format = typeof type === 'string' ? NUMBER_FORMATS[type] : undefined;
  const isProperty = typeof usual === 'object' && usual !== null && ('type' in usual || '$ref' in usual);
  const text = usual !== '' && ['string', 'number', 'boolean'].includes(typeof usual) ? `default: ${usual}` : undefined;
  const words = text === undefined ? description : [description, text].filter(Boolean).join('; ');
  return {
    ...(type === undefined || Array.isArray(type) ? {} : { type }),
    ...(format === undefined ? {} : { format }),
    ...(Array.isArray(type) ? { anyOf: type.map((one) => forGenerators({ type: one })) } : {}),
    ...(isProperty ? { default: usual } : {}),
    ...(words === undefined ? {} : { description: words }),
    ...rest,
    ...(constant === undefined || typeof constant === 'boolean' ? {} : { const: constant }),
    ...(minimum === undefined || minimum === Number.MIN_SAFE_INTEGER ? {} : { minimum }),
    ...(maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? {} : { maximum }),
  };
}

const NUMBER_FORMATS: Readonly<Record<string, string>> = { number: 'double', integer: 'int64' };
