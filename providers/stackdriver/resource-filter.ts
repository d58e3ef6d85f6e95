import type { MetricsRequest } from '../../src/domain/metrics-provider.ts';
import { invalidQuery } from '../shared/query/query-fields.ts';
import type { StackdriverAccount } from './account.ts';

type ScopedRequest = MetricsRequest<unknown, StackdriverAccount>;

/** Resource labels that a scope may set in `extendedScopeParams`, under their own names. */
const RESOURCE_LABELS: Readonly<Record<string, readonly string[]>> = {
  k8s_container: ['location', 'node_name', 'cluster_name', 'pod_name', 'container_name', 'namespace_name'],
  k8s_pod: ['location', 'node_name', 'cluster_name', 'pod_name', 'container_name', 'namespace_name'],
  k8s_node: ['location', 'node_name', 'cluster_name', 'pod_name', 'container_name', 'namespace_name'],
  gke_container: ['cluster_name', 'namespace_id', 'instance_id', 'pod_id', 'container_name', 'zone'],
};

const USER_LABEL = 'user_labels.';

/**
 * The part of a filter that selects a scope's resources, with its leading ` AND `, as Kayenta builds it.
 *
 * @throws CanaryError METRICS_QUERY_INVALID in Kayenta's words
 */
export function resourceFilter(request: ScopedRequest, resourceType: string): string {
  return clausesOf(request, resourceType)
    .map((clause) => ` AND ${clause}`)
    .join('');
}

function clausesOf(request: ScopedRequest, resourceType: string): string[] {
  const params = request.scope.extendedScopeParams ?? {};
  const project = `project=${textValue(params.project || request.account.project, 'bare')}`;
  switch (resourceType) {
    case 'gce_instance': {
      const { location, scope } = placeOf(request, resourceType);
      return [
        project,
        `metadata.user_labels."spinnaker-region"=${textValue(location, 'bare')}`,
        `metadata.user_labels."spinnaker-server-group"=${textValue(scope, 'bare')}`,
      ];
    }
    case 'aws_ec2_instance': {
      const { location, scope } = placeOf(request, resourceType);
      return [
        `resource.labels.region=${textValue(`aws:${location}`)}`,
        `metadata.user_labels."aws:autoscaling:groupname"=${textValue(scope, 'bare')}`,
      ];
    }
    case 'gae_app': {
      const { service } = params;
      return [
        project,
        `resource.labels.version_id=${textValue(scopeOf(request, resourceType), 'bare')}`,
        ...(service === undefined ? [] : [`resource.labels.module_id=${textValue(service, 'bare')}`]),
      ];
    }
    case 'global':
      return [];
    default:
      return [project, ...labelClauses(request, resourceType)];
  }
}

function labelClauses(request: ScopedRequest, resourceType: string): string[] {
  const params = request.scope.extendedScopeParams ?? {};
  const labels = Object.hasOwn(RESOURCE_LABELS, resourceType) ? RESOURCE_LABELS[resourceType] : undefined;
  if (labels === undefined) {
    throw invalidQuery(
      request,
      `Resource type '${resourceType}' not yet explicitly supported. If you employ a custom filter, you may use any ` +
        'resource type you like: write it as customInlineTemplate.',
    );
  }
  return [
    ...labels.flatMap((label) => {
      const value = Object.hasOwn(params, label) ? params[label] : undefined;
      return value === undefined ? [] : [`resource.labels.${label}=${textValue(value, 'bare')}`];
    }),
    ...Object.entries(params)
      .filter(([name]) => name.startsWith(USER_LABEL))
      .map(([name, value]) => `metadata.user_labels.${textValue(name.slice(USER_LABEL.length))}=${textValue(value)}`),
  ];
}

function placeOf(request: ScopedRequest, resourceType: string): { location: string; scope: string } {
  const { location } = request.scope;
  if (!location) {
    throw invalidQuery(
      request,
      `Location (i.e. region) is required when resourceType is '${resourceType}'. Give the run's scope a location.`,
    );
  }
  return { location, scope: scopeOf(request, resourceType) };
}

function scopeOf(request: ScopedRequest, resourceType: string): string {
  const { scope } = request.scope;
  if (scope) return scope;
  throw invalidQuery(
    request,
    `Scope is required when resourceType is '${resourceType}'. Give the run's scope its field scope.`,
  );
}

const PLAIN = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
const WORDS_OF_THE_LANGUAGE = /^(AND|OR|NOT)$/i;

/** A text of the filter language. `bare`: without quotes where Kayenta writes none and none are needed. */
export function textValue(text: string, quotes: 'quoted' | 'bare' = 'quoted'): string {
  if (quotes === 'bare' && PLAIN.test(text) && !WORDS_OF_THE_LANGUAGE.test(text)) return text;
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
