import type { FastifyRequest } from 'fastify';
import { checkMetricCount, checkSeriesSize, type SizeLimits } from '../../engine/size-limits.ts';
import type { HttpServer } from '../service.ts';

/** Says of a config what is wrong with it, its size included. */
const VALIDATION = '/canaryConfig/validate';

/**
 * Refuses a body with more metrics or points than a run may have before anything else looks at it: a schema would look
 * at each. @throws CanaryError REQUEST_TOO_LARGE
 */
export function refuseLargeBodies(http: HttpServer, limits: SizeLimits): void {
  http.addHook('preValidation', async ({ body, routeOptions }: FastifyRequest) => {
    if (routeOptions.url === VALIDATION || typeof body !== 'object' || body === null) return;
    if (Array.isArray(body)) return checkSeriesSize(body, limits);
    const { metrics, canaryConfig, metricSetPairList } = body as Record<string, unknown>;
    const inside = (canaryConfig as { metrics?: unknown } | null | undefined)?.metrics;
    for (const list of [metrics, inside]) if (Array.isArray(list)) checkMetricCount({ metrics: list }, limits);
    if (Array.isArray(metricSetPairList)) checkSeriesSize(metricSetPairList, limits);
  });
}
