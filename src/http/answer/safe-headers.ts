import type { HttpServer } from '../service.ts';

/** As Kayenta sends them: an answer is kept by nobody, is what it says it is, and is not shown in a frame. */
export const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Sends {@link SAFE_HEADERS} with every answer that has none of its own. */
export function sendSafeHeaders(http: HttpServer): void {
  http.addHook('onSend', async (_request, reply) => {
    for (const [name, value] of Object.entries(SAFE_HEADERS)) {
      if (!reply.hasHeader(name)) reply.header(name, value);
    }
  });
}
