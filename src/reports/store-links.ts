import type { AccountView } from '../domain/account.ts';

/** What was asked, and of which time. */
export interface StoreQuestion {
  readonly query: string;
  /** milliseconds since 1970 */
  readonly startMillis: number | undefined;
  readonly endMillis: number | undefined;
  readonly stepSeconds: number | undefined;
}

type Asked = { readonly [field in keyof StoreQuestion]: NonNullable<StoreQuestion[field]> };
type MakeLink = (account: AccountView, asked: Asked) => string | undefined;

/** Stores with pages whose address can be made of a query. Others have none, or one that needs a session. */
const LINKS: Readonly<Record<string, MakeLink>> = {
  prometheus: prometheusLink,
  graphite: graphiteLink,
  datadog: datadogLink,
};

/** Longer addresses are cut off or refused on the way. */
const LONGEST_LINK = 8000;

/** The page of a metrics store that shows what was asked of it; undefined where none can be named. */
export function storeLink(account: AccountView, question: StoreQuestion): string | undefined {
  const { query, startMillis, endMillis, stepSeconds } = question;
  if (startMillis === undefined || endMillis === undefined) return undefined;
  const make = Object.hasOwn(LINKS, account.type) ? LINKS[account.type] : undefined;
  const link = make?.(account, { query, startMillis, endMillis, stepSeconds: stepSeconds ?? 60 });
  return link !== undefined && link.length <= LONGEST_LINK ? link : undefined;
}

/** The graph page of Prometheus; VictoriaMetrics, Thanos and Mimir lead on from there. Amazon's and Google's have none. */
function prometheusLink(account: AccountView, { query, startMillis, endMillis, stepSeconds }: Asked) {
  const base = baseUrlOf(account);
  if (base === undefined || /\.(amazonaws\.com|googleapis\.com)$/.test(base.hostname)) return undefined;
  return address(base, 'graph', {
    'g0.expr': query,
    'g0.tab': '0',
    'g0.range_input': `${Math.max(1, Math.round((endMillis - startMillis) / 1000))}s`,
    'g0.end_input': new Date(endMillis).toISOString().slice(0, 19).replace('T', ' '),
    'g0.step_input': String(stepSeconds),
  });
}

function graphiteLink(account: AccountView, { query, startMillis, endMillis }: Asked) {
  const base = baseUrlOf(account);
  if (base === undefined) return undefined;
  const [from, until] = [startMillis, endMillis].map((millis) => String(Math.round(millis / 1000)));
  return address(base, 'render', { target: query, from: `${from}`, until: `${until}`, width: '1200', height: '500' });
}

/** One metric, its scope and grouping: the explorer has no address for formulas. */
const DATADOG_QUERY = /^(?<agg>avg|sum|min|max):(?<metric>[\w.]+)\{(?<scope>[^{}]*)\}(?: by \{(?<group>[^{}]*)\})?$/;

function datadogLink({ site }: AccountView, { query, startMillis, endMillis }: Asked) {
  const { agg, metric, scope, group } = DATADOG_QUERY.exec(query.trim())?.groups ?? {};
  if (metric === undefined || typeof site !== 'string' || !/^[a-z\d.-]+$/.test(site)) return undefined;
  // Sites of the first kind, such as datadoghq.eu, have their pages below a name of their own.
  const host = site.split('.').length === 2 ? `app.${site}` : site;
  const base = URL.parse(`https://${host}`);
  if (base === null) return undefined;
  return address(base, 'metric/explorer', {
    exp_metric: metric,
    exp_scope: scope === '*' ? '' : (scope ?? ''),
    exp_agg: agg ?? '',
    ...(group === undefined ? {} : { exp_group: group }),
    start: String(startMillis),
    end: String(endMillis),
    paused: 'true',
  });
}

/** Only what a browser may follow: an address of the configuration is not trusted to be one. */
function baseUrlOf({ endpoint }: AccountView): URL | undefined {
  const { baseUrl } = (endpoint ?? {}) as { baseUrl?: unknown };
  const url = typeof baseUrl === 'string' ? URL.parse(baseUrl) : null;
  return url !== null && /^https?:$/.test(url.protocol) ? url : undefined;
}

function address({ origin, pathname }: URL, path: string, parameters: Record<string, string>): string {
  return `${origin}${pathname.replace(/\/+$/, '')}/${path}?${new URLSearchParams(parameters)}`;
}
