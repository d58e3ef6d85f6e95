import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CanaryError } from '../../errors.ts';
import { renderErrorPage } from '../../web/error-page.ts';
import { PAGE_HEADERS } from '../../web/layout.ts';
import { handleError, toCanaryError } from '../answer/errors.ts';
import type { HttpServer } from '../service.ts';

/** Pages: they parse forms, show errors as pages, and reject forms from other sites. */
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

/** Responds with a page. */
export function sendPage(reply: FastifyReply, page: string): FastifyReply {
  return reply.headers({ ...PAGE_HEADERS, 'cache-control': 'no-store' }).send(page);
}

/** A page for people, JSON for programs. */
export function failAsPage(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (!(request.headers.accept ?? '').includes('text/html')) return handleError(error, request, reply);
  const known = toCanaryError(error);
  if (known.code === 'INTERNAL') request.log.error({ err: error }, 'page failed: internal error');
  const { status, message } = known;
  return sendPage(reply.code(status), renderErrorPage({ status, name: STATUS_CODES[status] ?? '', message }));
}

/**
 * Another site could make a browser submit a form here (CSRF). Browsers send the form's origin; a client that sends
 * none is not a browser and can use the API anyway.
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
