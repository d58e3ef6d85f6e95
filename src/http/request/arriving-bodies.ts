import type { FastifyRequest } from 'fastify';
import { CanaryError } from '../../errors.ts';
import type { HttpServer } from '../service.ts';

export interface ArrivingLimits {
  /** of one body */
  readonly bodyLimitBytes: number;
  /** of all bodies that are arriving */
  readonly maxArrivingMegabytes: number;
}

/**
 * Limits what is kept of requests that have not arrived completely: clients that send large bodies and stop before the
 * end would fill the memory. A body of unknown length counts as the largest that is allowed.
 */
export function limitArrivingBodies(http: HttpServer, { bodyLimitBytes, maxArrivingMegabytes }: ArrivingLimits): void {
  const max = maxArrivingMegabytes * 1024 * 1024;
  let arriving = 0;
  http.addHook('preParsing', async (request, reply, payload) => {
    const bytes = Math.min(bytesOf(request), bodyLimitBytes);
    if (bytes > 0 && arriving > 0 && arriving + bytes > max) {
      reply.header('connection', 'close');
      throw new CanaryError(
        'LIMIT_REACHED',
        `Requests of ${maxArrivingMegabytes} MB are arriving, as many as server.maxArrivingMegabytes allows; try again later.`,
        { retryAfterMillis: 1000 },
      );
    }
    arriving += bytes;
    let isCounted = true;
    const release = () => {
      if (isCounted) arriving -= bytes;
      isCounted = false;
    };
    request.raw.once('end', release).once('close', release);
    return payload;
  });
}

function bytesOf({ headers }: FastifyRequest): number {
  if (headers['transfer-encoding'] !== undefined) return Number.POSITIVE_INFINITY;
  return Number(headers['content-length'] ?? 0);
}
