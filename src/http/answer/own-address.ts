import type { FastifyRequest } from 'fastify';

/** Where the client reached this service: `http://127.0.0.1:8090`. */
export function ownAddress({ protocol, headers }: Pick<FastifyRequest, 'protocol' | 'headers'>): string {
  return `${protocol}://${headers.host ?? '127.0.0.1:8090'}`;
}
