import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { renderErrorPage } from '../../web/error-page.ts';
import { headersWithStyles, PAGE_HEADERS, withCard } from '../../web/layout.ts';
import { handleError, toCanaryError } from '../answer/errors.ts';
import { ownAddress } from '../answer/own-address.ts';
import type { HttpServer } from '../service.ts';

/** Pages: they parse forms and show errors as pages. */
export function pagePlugin(http: HttpServer, addRoutes: (pages: HttpServer) => void): void {
  void http.register(async (plugin) => {
    const pages = plugin as unknown as HttpServer;
    pages.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      async (_request: FastifyRequest, body: string) => Object.fromEntries(new URLSearchParams(body)),
    );
    pages.setErrorHandler<Error>(failAsPage);
    addRoutes(pages);
  });
}

/** Responds with a page. @param styleNonce of the styles that a script of the page may add */
export function sendPage(reply: FastifyReply, page: string, styleNonce?: string): FastifyReply {
  const headers = styleNonce === undefined ? PAGE_HEADERS : headersWithStyles(styleNonce);
  return reply.headers({ ...headers, 'cache-control': 'no-store' }).send(withCard(page, ownAddress(reply.request)));
}

/** A page for people, JSON for programs. */
export function failAsPage(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (!(request.headers.accept ?? '').includes('text/html')) return handleError(error, request, reply);
  const known = toCanaryError(error);
  if (known.code === 'INTERNAL') request.log.error({ err: error }, 'page failed: internal error');
  const { status, message } = known;
  const path = request.url.split('?')[0] ?? '';
  return sendPage(reply.code(status), renderErrorPage({ status, name: STATUS_CODES[status] ?? '', message, path }));
}
