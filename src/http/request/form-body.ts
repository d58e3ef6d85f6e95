import type { FastifyRequest } from 'fastify';
import { parseQueryString } from './query-string.ts';

/** The `config` of a route whose parameters may also be sent as a form, as clients of Prometheus send theirs. */
export const FORM_IS_QUERY = { formIsQuery: true };

const FORM = /^application\/x-www-form-urlencoded\b/i;

/** Reads a form as parameters where the route takes one. @returns whether it did */
export function readForm({ headers, routeOptions, query }: FastifyRequest, body: Buffer): boolean {
  const { formIsQuery } = routeOptions.config as Partial<typeof FORM_IS_QUERY>;
  if (formIsQuery !== true || !FORM.test(headers['content-type'] ?? '')) return false;
  Object.assign(query as object, parseQueryString(body.toString()));
  return true;
}
