import { z } from 'zod';
import type { HttpServer, RouteContext } from '../service.ts';

const Liveness = z.object({ status: z.literal('UP') }).meta({ id: 'Liveness' });
const word = (what: string) => z.string().describe(`\`ok\`, or ${what}`);
const ReadinessAnswer = z
  .object({
    status: z.enum(['READY', 'NOT_READY']),
    checks: z.object({
      store: word('why it cannot be written'),
      migrations: word('which are missing in the store'),
      draining: word('that the instance is stopping or disabled'),
    }),
  })
  .meta({ id: 'Readiness' });
const Version = z
  .object({ version: z.string(), node: z.string().describe('the version of Node') })
  .meta({ id: 'Version' });
const config = { permission: 'public' } as const;
const tags = ['Operation'];

/** `/livez`, `/readyz` and `/version`: for probes, and for whoever wonders what runs here. */
export function probeRoutes(http: HttpServer, { readiness, version, closing }: RouteContext): void {
  http.get(
    '/livez',
    {
      config,
      schema: {
        operationId: 'getLiveness',
        summary: 'Whether the process lives',
        description: '200 as long as it answers at all; looks at nothing. For probes that restart the process.',
        tags,
        response: { 200: Liveness },
      },
    },
    async () => ({ status: 'UP' }),
  );

  http.get(
    '/readyz',
    {
      config,
      schema: {
        operationId: 'getReadiness',
        summary: 'Whether it should get requests',
        description:
          '200 when it should, else 503: while the store cannot be used, lacks migrations, or the instance is disabled ' +
          'or stopping. For probes that take it out of a load balancer; metrics stores do not count.',
        tags,
        response: { 200: ReadinessAnswer, 503: ReadinessAnswer },
      },
    },
    async (_request, reply) => {
      const { ready, checks } = await readiness(closing.aborted);
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'READY' : 'NOT_READY', checks });
    },
  );

  http.get(
    '/version',
    {
      config,
      schema: {
        operationId: 'getVersion',
        summary: 'Which version runs',
        description: 'The version of Haldane and of Node.',
        tags,
        response: { 200: Version },
      },
    },
    async () => ({ version, node: process.version }),
  );
}
