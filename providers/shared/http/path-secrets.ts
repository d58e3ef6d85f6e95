/** Parts of addresses as the manuals of stores and of their gateways write them. */
const KNOWN = new Set(
  `api atlas clickhouse cortex datasources druid elastic elasticsearch es global grafana graphite graphql influx
  influxdb insert k8s location loki metrics mimir monitor monitoring observability opensearch prom prometheus projects
  proxy query read render search select services skywalking splunk splunkd store thanos uid victoria victoriametrics
  vm vmselect wavefront workspaces`.split(/\s+/),
);
/** What follows them is the id of a tenant, which is in every query of its users. */
const BEFORE_ID = new Set(['projects', 'workspaces', 'location', 'select']);
/** `v1`, or the number of a tenant. */
const VERSION_OR_NUMBER = /^(v\d{1,2}(alpha|beta)?\d?|\d{1,6})$/;
const MASK = '***';

/**
 * What in the path of a base URL may be a secret, as gateways and hosted stores have them there: every part that no
 * manual writes. In the order of the path, as it is written.
 */
export function pathSecrets(baseUrl: string | undefined): string[] {
  const parts =
    URL.parse(baseUrl ?? '')
      ?.pathname.split('/')
      .filter(Boolean) ?? [];
  return parts.filter((part, index) => !isKnown(part) && !BEFORE_ID.has(parts[index - 1]?.toLowerCase() ?? ''));
}

/** A text with the address of a store, or one below it, as it may be shown. */
export function maskPath(text: string, baseUrl: string | undefined): string {
  return pathSecrets(baseUrl).reduce((shown, part) => shown.replaceAll(`/${part}`, `/${MASK}`), text);
}

function isKnown(part: string): boolean {
  return KNOWN.has(part.toLowerCase()) || VERSION_OR_NUMBER.test(part);
}
