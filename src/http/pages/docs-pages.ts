import { renderDocsPage } from '../../web/docs/docs-page.ts';
import { ownAddress } from '../answer/own-address.ts';
import type { HttpServer } from '../service.ts';
import { pagePlugin, sendPage } from './page-plugin.ts';

/** `/docs`: the API, to read and to try. */
export function docsPages(http: HttpServer): void {
  pagePlugin(http, (pages) => {
    pages.get('/docs', { config: { permission: 'public' }, schema: { hide: true } }, async (request, reply) =>
      sendPage(reply, renderDocsPage(ownAddress(request))),
    );
  });
}
