import { CanaryConfig } from '../../domain/canary-config.ts';
import { CanaryExecutionRequest } from '../../domain/canary-execution-request.ts';
import { FIRST_REQUEST } from '../../web/first-request.ts';
import { noteObject } from '../request/audit-trail.ts';
import { applicationFor } from '../request/scope.ts';
import type { HttpServer, Service } from '../service.ts';
import { pagePlugin } from './page-plugin.ts';

/** `POST /first-verdict`: judges the sample, so that a newcomer sees a verdict before anything is configured. */
export function firstVerdictPage(http: HttpServer, { runs }: Pick<Service, 'runs'>): void {
  const config = CanaryConfig.parse(FIRST_REQUEST.canaryConfig);
  const asked = CanaryExecutionRequest.parse(FIRST_REQUEST.executionRequest);
  pagePlugin(http, (pages) => {
    pages.post(
      '/first-verdict',
      { config: { permission: 'runs.start-own-config', of: 'chosen' }, schema: { hide: true } },
      async (request, reply) => {
        const application = applicationFor(request, undefined, config);
        const id = await runs.start({ config, canaryConfigId: 'ad-hoc', request: asked, application });
        noteObject(request, id);
        return reply.redirect(`/reports/${encodeURIComponent(id)}`, 303);
      },
    );
  });
}
