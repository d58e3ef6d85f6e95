import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CanaryError } from '../../errors.ts';
import { renderErrorPage } from '../../web/error-page.ts';
import { PAGE_HEADERS } from '../../web/layout.ts';
import { handleError, toCanaryError } from '../answer/errors.ts';
import type { HttpServer } from '../service.ts';

/** Pages: they read forms, fail as pages, and take no forms from the pages of others. */
export function pagePlugin(http: HttpServer, addRoutes: (pages: HttpServer) => void): void {
  void http.register(async (plugin) => {
    const pages = plugin as unknown as HttpServer;
    pages.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      async (_request: FastifyRequest, body: string) => Object.fromEntries(new URLSearchParams(body)),
    );
    pages.addHook('onRequest', async (request) => refuseForeignForms(request));
    pages.setErrorHandler<Error>(failAsPage);
    addRoutes(pages);
  });
}

/** Answers a page. */
export function sendPage(reply: FastifyReply, page: string): FastifyReply {
  return reply.headers({ ...PAGE_HEADERS, 'cache-control': 'no-store' }).send(page);
}

/** For people a page, for programs the JSON of any other route. */
export function failAsPage(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (!(request.headers.accept ?? '').includes('text/html')) return handleError(error, request, reply);
  const known = toCanaryError(error);
  if (known.code === 'INTERNAL') request.log.error({ err: error }, 'page failed: internal error');
  const { status, message } = known;
  return sendPage(reply.code(status), renderErrorPage({ status, name: STATUS_CODES[status] ?? '', message }));
}

/**
 * A page elsewhere may make a browser send a form here. Browsers say where a form comes from; what says nothing is no
 * browser, and may as well use the API.
 */
function refuseForeignForms({ method, headers }: FastifyRequest): void {
  if (method === 'GET' || method === 'HEAD') return;
  const site = headers['sec-fetch-site'];
  const foreign = site === undefined ? !isOwn(headers.origin, headers.host) : site !== 'same-origin' && site !== 'none';
  if (foreign) throw new CanaryError('FORM_FOREIGN', 'This form was sent by a page of another site; open it here.');
}

function isOwn(origin: string | undefined, host: string | undefined): boolean {
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
}
