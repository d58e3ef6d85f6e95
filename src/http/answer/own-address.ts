import type { FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyInstance {
    /** `server.publicUrl` */
    readonly publicUrl: string | undefined;
  }
}

/** Where people reach this service: as configured, else where this client did. `http://127.0.0.1:8090`, no slash. */
export function ownAddress({ protocol, headers, server }: FastifyRequest): string {
  return server.publicUrl ?? `${protocol}://${headers.host ?? '127.0.0.1:8090'}`;
}
