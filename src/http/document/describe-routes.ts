import type { RouteOptions } from 'fastify';
import type { HttpServer } from '../service.ts';
import type { ApiDocument, DescribedRoute, DocumentOptions } from './api-document.ts';

/** Serves the OpenAPI document of the routes that are added after it, where clients look for it. */
export function describeRoutes(http: HttpServer, options: DocumentOptions): void {
  const hidden = { config: { permission: 'public' }, schema: { hide: true } } as const;
  const document = documentOf(http, options);
  http.get('/v3/api-docs', hidden, async () => (await document()).json);
  http.get('/docs/json', hidden, async () => (await document()).json);
  http.get('/docs/yaml', hidden, async (_request, reply) =>
    reply.type('application/yaml').send((await document()).yaml),
  );
  http.get('/swagger-ui/index.html', hidden, async (_request, reply) => reply.redirect('/docs'));
}

/** Notes the routes as they are added. The document is made when it is first asked for. */
function documentOf(http: HttpServer, options: DocumentOptions): () => Promise<ApiDocument> {
  const routes: DescribedRoute[] = [];
  http.addHook('onRoute', (route: RouteOptions) => {
    const { method, url, schema = {}, config = {} } = route;
    if (isDescribed(route)) routes.push({ method, url, schema, config });
  });
  let document: Promise<ApiDocument> | undefined;
  return () => {
    document ??= import('./api-document.ts').then(({ createApiDocument }) => createApiDocument(routes, options));
    return document;
  };
}

/** HEAD goes with every GET, and pages are not part of the contract. */
function isDescribed({ method, schema }: RouteOptions): boolean {
  return method !== 'HEAD' && (schema as { readonly hide?: boolean } | undefined)?.hide !== true;
}
