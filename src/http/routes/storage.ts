import { z } from 'zod';
import type { HttpServer, Service } from '../service.ts';

const Storage = z
  .object({
    retention: z.object({
      maxAgeDays: z.number().describe('days after its end, or after its import, that a run or an analysis is deleted'),
      maxRuns: z.number().int().optional().describe('only so many runs are kept, the newest; absent: any number'),
    }),
  })
  .meta({ id: 'Storage' });

/** `/storage`: how long things are kept. */
export function storageRoutes(http: HttpServer, { retention }: Service): void {
  http.get(
    '/storage',
    {
      schema: {
        operationId: 'getStorage',
        summary: 'How long things are kept',
        description: 'The limits of `retention` in the configuration.',
        tags: ['Operation'],
        response: { 200: Storage },
      },
    },
    async () => ({ retention }),
  );
}
