import { z } from 'zod';
import { CanaryError } from '../../errors.ts';
import { renderComparePage } from '../../web/compare/compare-page.ts';
import { clientSignal } from '../request/client-signal.ts';
import type { HttpServer, Service } from '../service.ts';
import { pagePlugin, sendPage } from './page-plugin.ts';

const Query = z.object({ a: z.string().optional(), b: z.string().optional(), judge: z.string().optional() });

/** `/compare`: two runs, or one under two judges. */
export function comparePages(http: HttpServer, service: Service): void {
  const { reports, judging } = service;
  pagePlugin(http, (pages) => {
    pages.get(
      '/compare',
      { config: { permission: 'runs.read', of: 'compared' }, schema: { hide: true, querystring: Query } },
      async ({ query, url }, reply) => {
        const ticked = new URL(url, 'http://host').searchParams.getAll('run');
        if (ticked.length > 0) return reply.redirect(await addressOfTicked(service, ticked));
        if (query.a === undefined) throw chooseTwo();
        const a = await reports.ofRun(query.a);
        const other = query.b === undefined ? undefined : await reports.ofRun(query.b);
        const signal = clientSignal(reply);
        const again = query.judge === undefined ? undefined : await reports.underJudge(query.a, query.judge, signal);
        const names = judging.judges.filter(({ visible }) => visible).map(({ name }) => name);
        const b = again?.report ?? other;
        return sendPage(reply, renderComparePage({ a, b, judge: query.judge, judges: names, problem: again?.problem }));
      },
    );
  });
}

/** The older one is A. */
async function addressOfTicked({ runs }: Service, ids: readonly string[]): Promise<string> {
  const [first, second, ...others] = ids;
  if (first === undefined || second === undefined || others.length > 0) throw chooseTwo();
  const [one, other] = [await runs.get(first), await runs.get(second)];
  const [a, b] = one.buildTime <= other.buildTime ? [one, other] : [other, one];
  return `/compare?${new URLSearchParams({ a: a.id, b: b.id })}`;
}

function chooseTwo(): CanaryError {
  return new CanaryError('REQUEST_INVALID', 'Choose two runs in the list of runs: tick them, and press Compare.');
}
