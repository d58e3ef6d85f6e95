import { DISABLED_INSTANCE } from '../../engine/health.ts';
import { withNotice } from '../../web/layout.ts';
import type { HttpServer, Service } from '../service.ts';

/** While this instance starts no runs, every page says so. */
export function noticeDisabledInstance(http: HttpServer, { runs }: Pick<Service, 'runs'>): void {
  http.addHook('onSend', async (_request, reply, payload) => {
    const isPage = typeof payload === 'string' && String(reply.getHeader('content-type')).startsWith('text/html');
    return runs.enabled || !isPage ? payload : withNotice(payload, DISABLED_INSTANCE);
  });
}
