import { renderDocsPage } from '../../web/docs/docs-page.ts';
import { SWAGGER_UI_FILES, swaggerUiFile } from '../../web/docs/swagger-ui-files.ts';
import { ownAddress } from '../answer/own-address.ts';
import type { HttpServer } from '../service.ts';
import { pagePlugin, sendPage } from './page-plugin.ts';

const OPEN = { config: { permission: 'public' }, schema: { hide: true } } as const;

/** `/docs`: the API, to read and to try. */
export function docsPages(http: HttpServer): void {
  pagePlugin(http, (pages) => {
    pages.get('/docs', OPEN, async (request, reply) => sendPage(reply, renderDocsPage(ownAddress(request))));
  });
  // Where Swagger UI's own page would be.
  http.get('/docs/ui', OPEN, async (_request, reply) => reply.redirect('/docs'));
  for (const name of SWAGGER_UI_FILES) {
    http.get(`/docs/ui/static/${name}`, OPEN, async (_request, reply) => {
      const { type, text } = await swaggerUiFile(name);
      return reply.headers({ 'content-type': type, 'cache-control': 'public, max-age=3600' }).send(text);
    });
  }
}
