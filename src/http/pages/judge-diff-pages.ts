import { z } from 'zod';
import { HALDANE_JUDGE } from '../../domain/canary-judge.ts';
import { MOST_JUDGED_AGAIN } from '../../domain/judge-diff.ts';
import { renderJudgeDiffPage } from '../../web/judge-diff/judge-diff-page.ts';
import { clientSignal } from '../request/client-signal.ts';
import { readCursor, writeCursor } from '../request/cursor.ts';
import { integerParameter } from '../request/query-string.ts';
import { listedFor } from '../request/scope.ts';
import type { HttpServer, Service } from '../service.ts';
import { pagePlugin, sendPage } from './page-plugin.ts';

const Query = z.object({
  left: z.string().default(''),
  right: z.string().optional(),
  application: z.string().default(''),
  config: z.string().default(''),
  last: integerParameter({ default: 100, min: 1, max: MOST_JUDGED_AGAIN }),
  cursor: z.string().optional(),
});

/** `/judges/diff`: stored runs under two judges. Without `right` it only asks which. */
export function judgeDiffPages(http: HttpServer, service: Service): void {
  const { replays, judging, canaryConfigs } = service;
  pagePlugin(http, (pages) => {
    pages.get(
      '/judges/diff',
      { config: { permission: 'runs.read', of: 'chosen' }, schema: { hide: true, querystring: Query } },
      async (request, reply) => {
        const { left, right, application, config, last, cursor } = request.query;
        const within = listedFor(request, application === '' ? [] : [application]);
        const names = judging.judges.filter(({ visible }) => visible).map(({ name }) => name);
        const configs = (await canaryConfigs.list(within ?? [])).map(({ id, name }) => ({ id, name }));
        const asked = { left, right: right ?? HALDANE_JUDGE, application, config, last };
        const page = { asked, judges: names, configs };
        if (right === undefined) return sendPage(reply, renderJudgeDiffPage(page));
        const filter = {
          ...{ right: { name: right }, limit: last, within },
          ...(left === '' ? {} : { left: { name: left } }),
          ...(application === '' ? {} : { application }),
          ...(config === '' ? {} : { canaryConfigId: config }),
          ...(cursor === undefined ? {} : { after: readCursor(cursor) }),
        };
        const { next, ...diff } = await replays.compare(filter, clientSignal(reply));
        return sendPage(reply, renderJudgeDiffPage({ ...page, diff, next: next && writeCursor(next) }));
      },
    );
  });
}
