import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { problemText } from '../../domain/config-problem.ts';
import { unknownKeys } from '../../domain/unknown-keys.ts';
import type { SentPart } from '../../engine/runs/unread-fields.ts';

/** Parts of requests as they were sent, by what their schemas made of them. */
const sent = new WeakMap<object, unknown>();

/** Remembers what a validated part of a request was made of. */
export function rememberSent(validated: unknown, data: unknown): void {
  if (typeof validated === 'object' && validated !== null) sent.set(validated, data);
}

/** A validated part of a request as it was sent, with the fields its schema left out. */
export function asSent(validated: unknown): unknown {
  return typeof validated === 'object' && validated !== null && sent.has(validated) ? sent.get(validated) : validated;
}

const NO_PARAMETERS = z.object({});

/** Parameters of a query string that nobody reads, as a sentence each. */
export function ignoredParameters(request: FastifyRequest): string[] {
  // A route without parameters knows none.
  const parameters = sentParameters(request) ?? { Schema: NO_PARAMETERS, value: request.query };
  return unknownKeys(parameters.Schema, parameters.value).map(({ path, message }) =>
    problemText({ path: `?${path}`, message }),
  );
}

/** The query string as it was sent, with its schema. */
export function sentParameters({ query, routeOptions }: FastifyRequest): SentPart | undefined {
  const Schema = routeOptions.schema?.querystring as z.ZodType | undefined;
  return Schema === undefined ? undefined : { Schema, value: asSent(query) };
}
