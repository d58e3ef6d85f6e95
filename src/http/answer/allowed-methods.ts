import type { HttpServer } from '../service.ts';

/** Collects the routes added after it. @returns the methods of a path, for a 405 instead of a 404 */
export function allowedMethods(http: HttpServer): (path: string) => string[] {
  const routes: { method: string; pattern: RegExp }[] = [];
  http.addHook('onRoute', ({ method, url }) => {
    const pattern = new RegExp(`^${url.replaceAll(/[.+?^$()|[\]{}\\]/g, '\\$&').replaceAll(/:\w+/g, '[^/]+')}/?$`);
    for (const one of [method].flat()) routes.push({ method: one, pattern });
  });
  return (path) => [...new Set(routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))];
}
