import { z } from 'zod';
import { HttpAccountFields } from '../shared/http-account.ts';

/** The stores that speak Prometheus' language, and what each needs besides the address. */
const FLAVORS = {
  prometheus: { tenantHeader: 'X-Scope-OrgID', parameters: {} },
  // Thanos answers with what it could reach, and calls that a success, unless told otherwise.
  thanos: { tenantHeader: 'THANOS-TENANT', parameters: { partial_response: 'false', dedup: 'true' } },
  mimir: { tenantHeader: 'X-Scope-OrgID', parameters: {} },
  cortex: { tenantHeader: 'X-Scope-OrgID', parameters: {} },
  'grafana-cloud': { tenantHeader: 'X-Scope-OrgID', parameters: {} },
  // Without it VictoriaMetrics moves the start of longer windows back to a multiple of the step.
  victoriametrics: { tenantHeader: 'X-Scope-OrgID', parameters: { nocache: '1' } },
} as const satisfies Record<string, { tenantHeader: string; parameters: Readonly<Record<string, string>> }>;

type Flavor = keyof typeof FLAVORS;

const TWO_DAYS_MILLIS = 2 * 24 * 3_600_000;

export const PrometheusAccount = z
  .strictObject({
    ...HttpAccountFields,
    type: z.literal('prometheus'),
    flavor: z
      .enum(Object.keys(FLAVORS) as [Flavor, ...Flavor[]])
      .default('prometheus')
      .describe('what answers at the address'),
    tenantId: z.string().min(1).optional().describe('for stores with tenants; `a|b` are two in Mimir'),
    tenantHeader: z.string().min(1).optional().describe('the header it goes in, if not the usual one of the flavor'),
    scopeLabel: z
      .string()
      .regex(/^[A-Za-z_]\w*$/, 'must be the name of a label')
      .default('instance')
      .describe('the label matched with the scope for resourceType gce_instance'),
  })
  .meta({ id: 'PrometheusAccount' });
export type PrometheusAccount = z.infer<typeof PrometheusAccount>;

/** The headers of an account's flavor. */
export function flavorHeaders({ flavor, tenantId, tenantHeader }: PrometheusAccount): Record<string, string> {
  return tenantId === undefined ? {} : { [tenantHeader ?? FLAVORS[flavor].tenantHeader]: tenantId };
}

/** Further parameters of a range query of an account's flavor. */
export function flavorParameters({ flavor }: PrometheusAccount, windowMillis: number): Record<string, string> {
  if (flavor !== 'thanos') return FLAVORS[flavor].parameters;
  return { ...FLAVORS.thanos.parameters, max_source_resolution: windowMillis > TWO_DAYS_MILLIS ? 'auto' : '0' };
}
