import { z } from 'zod';
import { CanaryError } from '../../errors.ts';
import { ASSETS } from '../../web/assets.ts';
import type { HttpServer } from '../service.ts';

/** `/assets`: files the pages link to. A name changes with its content, so it can be cached forever. */
export function assetRoutes(http: HttpServer): void {
  http.get(
    '/assets/:name',
    { config: { permission: 'public' }, schema: { hide: true, params: z.object({ name: z.string() }) } },
    async ({ params }, reply) => {
      const asset = ASSETS.get(`/assets/${params.name}`);
      if (asset === undefined) throw new CanaryError('OBJECT_NOT_FOUND', `No asset '${params.name}'; reload the page.`);
      return reply
        .headers({
          'content-type': asset.type,
          'cache-control': 'public, max-age=31536000, immutable',
          'x-content-type-options': 'nosniff',
        })
        .send('text' in asset ? asset.text : asset.content);
    },
  );
}
