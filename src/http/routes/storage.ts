import { z } from 'zod';
import { ErrorResponse } from '../answer/errors.ts';
import { FOR_OPERATOR } from '../request/admin-guard.ts';
import type { HttpServer, Service } from '../service.ts';

const MEGABYTE = 1_000_000;

const Storage = z
  .object({
    usedMegabytes: z.number().describe('what the stored rows take; the file or the tables may be longer'),
    counts: z.object({
      canaryConfigs: z.number().int(),
      runs: z.number().int(),
      standaloneAnalyses: z.number().int(),
      metricSetPairLists: z.number().int().describe('series of runs, and those that clients stored'),
      metricSetLists: z.number().int().describe('answers of `/fetch`, and series that clients stored'),
      judgeComparisons: z.number().int(),
      callbacks: z.number().int(),
    }),
    retention: z.object({
      maxAgeDays: z.number().describe('days after its end, its import or its storing that a thing is deleted'),
      maxRuns: z.number().int().optional().describe('only so many runs are kept, the newest; absent: any number'),
      maxMegabytes: z.number().optional().describe('above it the oldest things are deleted; absent: any amount'),
    }),
  })
  .meta({ id: 'Storage' });

/** `/storage`: how much is stored, how long it is kept, and a copy of it all. */
export function storageRoutes(http: HttpServer, service: Service): void {
  backupRoute(http, service);
  http.get(
    '/storage',
    {
      config: { permission: 'storage.read' },
      schema: {
        operationId: 'getStorage',
        summary: 'How much is stored, and how long it is kept',
        description:
          'What there is, and the limits of `retention` in the configuration. Configs are never deleted; neither is ' +
          'what has not ended, nor, for room, what ended within the last hour.',
        tags: ['Operation'],
        response: { 200: Storage },
      },
    },
    async () => {
      const { usedBytes, counts, retention } = await service.storage();
      return { usedMegabytes: usedBytes / MEGABYTE, counts, retention };
    },
  );
}

const SQLITE = 'application/vnd.sqlite3';

function backupRoute(http: HttpServer, { storageBackup }: Service): void {
  http.get(
    '/storage/backup',
    {
      config: { permission: 'admin', forOperator: true },
      schema: {
        operationId: 'getStorageBackup',
        summary: 'A copy of everything that is stored',
        description:
          'The file of the embedded store as it is at the end of the copy, taken while the service works; a stopped ' +
          `Haldane starts with it as \`haldane.sqlite\` in its dataDir. A PostgreSQL has pg_dump for that. ${FOR_OPERATOR}`,
        tags: ['Operation'],
        response: {
          200: { description: 'the file', content: { [SQLITE]: { schema: { type: 'string', format: 'binary' } } } },
          400: ErrorResponse,
          403: ErrorResponse,
          503: ErrorResponse,
        },
      },
    },
    async (_, reply) =>
      reply
        .headers({ 'content-disposition': 'attachment; filename="haldane.sqlite"', 'cache-control': 'no-store' })
        .type(SQLITE)
        .send(await storageBackup()),
  );
}
