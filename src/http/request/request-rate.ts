import type { FastifyRequest } from 'fastify';
import { CanaryError } from '../../errors.ts';
import type { HttpServer } from '../service.ts';
import { principalOf } from './principal.ts';

const MINUTE_MILLIS = 60_000;
/** Addresses and callers that are remembered; of more, those that were quiet longest begin anew. */
const MOST_REMEMBERED = 20_000;

export interface RateSettings {
  readonly perAddress: number;
  readonly perCaller: number;
}

/** Counts requests. @throws CanaryError RATE_LIMITED with the name of the limit */
export interface RequestRates {
  ofAddress(request: FastifyRequest): Promise<void>;
  ofCaller(request: FastifyRequest): Promise<void>;
}

/** Each is counted by this process alone: several replicas allow as many times more. */
export async function countRequests(http: HttpServer, settings: RateSettings): Promise<RequestRates> {
  const { default: rateLimit } = await import('@fastify/rate-limit');
  const common = { timeWindow: MINUTE_MILLIS, cache: MOST_REMEMBERED };
  await http.register(rateLimit, { ...common, global: false });
  const limit = (name: keyof RateSettings, keyGenerator: (request: FastifyRequest) => string) => {
    const count = http.createRateLimit({ ...common, max: settings[name], keyGenerator });
    return async (request: FastifyRequest) => {
      const counted = await count(request as never);
      if (counted.isAllowed || !counted.isExceeded) return;
      const { ttl } = counted;
      const message = `More than ${settings[name]} requests a minute, as limits.requestsPerMinute.${name} says; try again in ${Math.ceil(ttl / 1000)} s.`;
      throw new CanaryError('RATE_LIMITED', message, { retryAfterMillis: ttl });
    };
  };
  return {
    ofAddress: limit('perAddress', ({ socket }) => socket.remoteAddress ?? ''),
    ofCaller: limit('perCaller', (request) => {
      const { kind, name } = principalOf(request);
      return `${kind} ${name}`;
    }),
  };
}
