import { withSession } from '../../web/layout.ts';
import { principalOf } from '../request/principal.ts';
import type { HttpServer } from '../service.ts';

/** Every page says who is logged in, with a button to log out. */
export function showSession(http: HttpServer): void {
  http.addHook('onSend', async (request, reply, payload) => {
    const { kind, name, role } = principalOf(request);
    const isPage = typeof payload === 'string' && String(reply.getHeader('content-type')).startsWith('text/html');
    return kind === 'oidc' && isPage ? withSession(payload, `${name} (${role})`) : payload;
  });
}
