import { z } from 'zod';
import { Survey } from '../../domain/survey.ts';
import { lengthOfTime } from '../../domain/values/length-of-time.ts';
import { ErrorResponse } from '../answer/errors.ts';
import { clientSignal } from '../request/client-signal.ts';
import { requireAccounts } from '../request/scope.ts';
import type { HttpServer, Service } from '../service.ts';

const Query = z.object({
  label: z.string().min(1).optional().describe('the label that tells versions apart; default: found'),
  pack: z.string().min(1).optional().describe('ids of packs to judge by, with commas; default: those that match best'),
  baseline: z.string().min(1).optional().describe('the version that runs now; default: found'),
  canary: z.string().min(1).optional().describe('the new version; default: found'),
  location: z.string().min(1).optional().describe('the service, such as its job or namespace; default: found'),
  name: z.string().min(1).optional().describe('of the config; default: the service'),
  application: z.string().min(1).optional().describe('of the config; default: its name'),
  minutes: lengthOfTime({ unit: 'minutes', min: 5, max: 1440 })
    .default(30)
    .describe('how much of the past to look at, and to judge'),
});

/** `/metricsServices/{name}/survey`: what an account has to judge. */
export function surveyRoutes(http: HttpServer, service: Service): void {
  const { surveys } = service;
  http.get(
    '/metricsServices/:name/survey',
    {
      config: { permission: 'queries.send', of: 'nothing' },
      schema: {
        operationId: 'surveyMetricsAccount',
        summary: 'See what an account has to judge',
        description:
          'Which packs match the metrics of an account, which label tells versions apart, how much traffic each version ' +
          'gets, and a config that is valid for it, with what would make its verdict weak. The page is `/discover`, the ' +
          'command `haldane init`. Only accounts that can list series: those of type prometheus.',
        tags: ['Accounts'],
        params: z.object({ name: z.string().describe('a metrics account') }),
        querystring: Query,
        response: { 200: Survey, 400: ErrorResponse, 502: ErrorResponse, 503: ErrorResponse },
      },
    },
    async (request, reply) => {
      const { params, query } = request;
      requireAccounts(request, service, { metricsAccountName: params.name });
      const pack = query.pack?.split(',').filter((id) => id !== '');
      return surveys({ ...query, account: params.name, pack }, clientSignal(reply));
    },
  );
}
