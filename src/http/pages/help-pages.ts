import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { CanaryError } from '../../errors.ts';
import { renderHelpAbsentPage } from '../../web/help/help-absent-page.ts';
import { hasHelp, helpFile } from '../../web/help/help-files.ts';
import { PAGE_HEADERS } from '../../web/layout.ts';
import type { HttpServer } from '../service.ts';
import { pagePlugin, sendPage } from './page-plugin.ts';

const OPEN = { permission: 'public' } as const;
const Path = z.object({ '*': z.string() });

/** `/help`: the documents as a site. It holds nothing of this service, so it is for everybody. */
export function helpPages(http: HttpServer): void {
  pagePlugin(http, (pages) => {
    pages.get('/help', { config: OPEN, schema: { hide: true } }, async ({ url }, reply) => {
      if (!hasHelp()) return sendPage(reply, renderHelpAbsentPage());
      // Its links are relative to the folder, and routes do not tell a slash at the end.
      return /\/(\?|$)/.test(url) ? sendHelp(reply, 'index.html') : reply.redirect('/help/');
    });

    const schema = { hide: true, params: Path };
    pages.get('/help/*', { config: OPEN, schema }, async ({ params }, reply) => sendHelp(reply, params['*']));
  });
}

async function sendHelp(reply: FastifyReply, path: string): Promise<FastifyReply> {
  const file = await helpFile(path);
  if (file !== undefined) {
    const headers = { ...PAGE_HEADERS, 'content-type': file.type, 'cache-control': 'public, max-age=300' };
    return reply.headers(headers).send(file.content);
  }
  if (!hasHelp()) return sendPage(reply.code(404), renderHelpAbsentPage());
  throw new CanaryError('OBJECT_NOT_FOUND', `The help has no page '${path}'; its contents are at /help/.`);
}
