import type { CanaryConfig } from '../../domain/canary-config.ts';
import type { ConfigPreview } from '../../domain/query-preview.ts';
import { previewConfig } from '../../engine/fetching/preview-config.ts';
import { withUnread } from '../../engine/fetching/preview-warnings.ts';
import { CanaryError } from '../../errors.ts';
import { type FieldErrors, type PreviewValues, toExecutionRequest } from '../../web/configs/preview-values.ts';
import type { Service } from '../service.ts';

interface PreviewForm {
  readonly config: CanaryConfig;
  readonly values: PreviewValues;
  /** index of the metric to draw, from 0, as submitted */
  readonly draw: string | undefined;
}

/** The queries of a config with the form's values, or the problems of these values. */
export async function previewOf(
  { metricExplorer, canaryConfigs, runs }: Service,
  { config, values, draw }: PreviewForm,
  signal: AbortSignal,
): Promise<{ preview?: ConfigPreview; errors: FieldErrors }> {
  const { request, errors } = toExecutionRequest(values);
  if (errors.size > 0) return { errors };
  try {
    const { request: resolved } = await runs.resolved({ ...foundBy(config), config, request });
    const asked = { config, request: resolved, metricsAccountName: accountOf(values) };
    const place = draw === undefined ? undefined : Number(draw);
    const preview = await previewConfig(metricExplorer, { ...asked, draw: place }, signal);
    const queries = withUnread(preview.queries, canaryConfigs.unknownKeys(config));
    return { preview: { ...preview, queries }, errors };
  } catch (error) {
    return { errors: asFieldErrors(error) };
  }
}

/** What earlier releases of a config are looked up by. */
function foundBy({ id = 'ad-hoc', applications = [] }: CanaryConfig) {
  return { canaryConfigId: id, application: applications[0] ?? 'ad-hoc' };
}

/** Turns a CanaryError into an error of the whole form; rethrows anything else. */
export function asFieldErrors(error: unknown): FieldErrors {
  if (error instanceof CanaryError && error.status < 500) return new Map([['', error.message]]);
  throw error;
}

export function accountOf({ account }: PreviewValues): string | undefined {
  return account === '' ? undefined : account;
}
