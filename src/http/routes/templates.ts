import { z } from 'zod';
import { ExpandedTemplatePack, TemplatePackSummary } from '../../domain/template-pack.ts';
import { ErrorResponse } from '../answer/errors.ts';
import type { HttpServer, Service } from '../service.ts';

const tags = ['Canary configs'];

/** `/templates`: ready-made metrics. */
export function templateRoutes(http: HttpServer, { templatePacks }: Service): void {
  http.get(
    '/templates',
    {
      config: { permission: 'configs.read', of: 'nothing' },
      schema: {
        operationId: 'listTemplatePacks',
        summary: 'List template packs',
        description: 'Ready-made metrics by product. `use: <id>` in a config includes a whole pack.',
        tags,
        response: { 200: z.array(TemplatePackSummary) },
      },
    },
    async () => templatePacks.list(),
  );

  http.get(
    '/templates/:id',
    {
      config: { permission: 'configs.read', of: 'nothing' },
      schema: {
        operationId: 'getTemplatePack',
        summary: 'Get a template pack',
        description: 'The metrics in the form of a config, ready to paste, and their group weights.',
        tags,
        params: z.object({ id: z.string() }),
        response: { 200: ExpandedTemplatePack, 404: ErrorResponse },
      },
    },
    async ({ params }) => templatePacks.get(params.id),
  );
}
