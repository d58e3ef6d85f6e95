import { z } from 'zod';
import { type CanaryScopePair, SIDES, type Side } from '../domain/canary-scope.ts';
import type { CompanionSeries } from '../domain/metric-set-pair.ts';
import type { AskedQuery } from '../domain/metrics-provider.ts';
import { instantMillis } from '../domain/values/instant.ts';

const QueryReport = z
  .object({
    text: z.string().describe('the text that was or would be sent'),
    link: z.string().optional().describe('link to the query in the metrics store'),
  })
  .meta({ id: 'QueryReport' });

/** What each side was asked. */
export const QueriesReport = z.object({ control: QueryReport.optional(), experiment: QueryReport.optional() });
export type QueriesReport = z.infer<typeof QueriesReport>;

export interface QueryParts {
  readonly pair: CompanionSeries | undefined;
  readonly scopes: CanaryScopePair | undefined;
  /** the query that would be sent, when no series says what was sent */
  readonly planned?: Readonly<Partial<Record<Side, string>>> | undefined;
  /** the store's own page for the query */
  readonly linkTo?: ((asked: AskedQuery) => string | undefined) | undefined;
}

export function queriesOf({ pair, scopes, linkTo, planned = {} }: QueryParts): QueriesReport {
  const known = SIDES.flatMap((side) => {
    const text = pair?.attributes?.[side]?.query ?? planned[side];
    if (text === undefined) return [];
    const window = windowOf(scopes, side);
    const link = window && linkTo?.({ query: text, ...window });
    return [[side, { text, link }] as const];
  });
  return Object.fromEntries(known);
}

function windowOf(scopes: CanaryScopePair | undefined, side: Side) {
  const { start, end, step } = scopes?.[`${side}Scope`] ?? {};
  if (start === undefined || end === undefined) return undefined;
  return { startMillis: instantMillis(start), endMillis: instantMillis(end), stepSeconds: step ?? 60 };
}
