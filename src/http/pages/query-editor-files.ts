import { z } from 'zod';
import { CanaryError } from '../../errors.ts';
import { LIBRARY_FOLDER, libraryModule } from '../../web/query-editor/library-files.ts';
import type { HttpServer } from '../service.ts';

/** `/query-editor`: the library of the editor's query field, which a page loads only where such a field is. */
export function queryEditorFiles(http: HttpServer): void {
  http.get(
    `${LIBRARY_FOLDER}*`,
    { config: { permission: 'public' }, schema: { hide: true, params: z.object({ '*': z.string() }) } },
    async ({ params }, reply) => {
      const text = await libraryModule(params['*']);
      if (text === undefined) throw new CanaryError('OBJECT_NOT_FOUND', `The editor has no part '${params['*']}'.`);
      return reply
        .headers({
          'content-type': 'text/javascript; charset=utf-8',
          'cache-control': 'public, max-age=3600',
          'x-content-type-options': 'nosniff',
        })
        .send(text);
    },
  );
}
