import type { FastifySchemaCompiler, FastifyTypeProvider } from 'fastify';
import { z } from 'zod';
import { toWireJson } from '../domain/wire-json.ts';
import { CanaryError } from '../errors.ts';

/** Types handlers by the zod schemas of their routes. */
export interface ZodTypeProvider extends FastifyTypeProvider {
  readonly validator: this['schema'] extends z.ZodType ? z.output<this['schema']> : unknown;
  readonly serializer: unknown;
}

/** Checks a part of a request with its zod schema; what is wrong becomes a 400 naming field, value and remedy. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart }) =>
  (data: unknown) => {
    const parsed = schema.safeParse(httpPart === 'body' ? (data ?? undefined) : (data ?? {}));
    if (parsed.success) return { value: parsed.data };
    const problems = parsed.error.issues.map((issue) => describeIssue(issue, data, httpPart ?? 'request'));
    return { error: new CanaryError('REQUEST_INVALID', problems.slice(0, 5).join('; '), { details: problems }) };
  };

/** Writes every answer as the wire wants it. The schemas of answers are documentation, checked by tests. */
export const serializerCompiler = () => toWireJson;

function describeIssue(issue: z.core.$ZodIssue, data: unknown, part: string): string {
  const path = issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  const field = path === '' ? part : path.replace(/^\./, '');
  const value = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], data);
  if (value === undefined || value === null)
    return `${field}: ${issue.message.replace(/, received undefined$/, ', but it is missing')}`;
  return `${field}: ${issue.message} (got ${excerpt(value)})`;
}

function excerpt(value: unknown): string {
  const text = toWireJson(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

export type JsonSchema = { [keyword: string]: JsonSchema | JsonSchema[] | unknown };

/**
 * A zod schema as JSON Schema 2020-12, as a client may send it; the schemas in it that have an `id` are put into
 * `components` and referred to. Answers are described by the same shape: what is read is also what is written.
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
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [
      key,
      key === '$ref' && typeof child === 'string'
        ? child.replace('#/$defs/', '#/components/schemas/')
        : pointToComponents(child),
    ]),
  );
}
