import type { CanaryConfig } from '../../domain/canary-config.ts';
import type { ConfigPreview } from '../../domain/query-preview.ts';
import { previewConfig } from '../../engine/fetching/preview-config.ts';
import { CanaryError } from '../../errors.ts';
import { type FieldErrors, type PreviewValues, toExecutionRequest } from '../../web/configs/preview-values.ts';
import type { Service } from '../service.ts';

interface PreviewForm {
  readonly config: CanaryConfig;
  readonly values: PreviewValues;
  /** a number from 0, as written: the metric to draw */
  readonly draw: string | undefined;
}

/** What a config would ask with the values of a form, or what is wrong with them. */
export async function previewOf(
  { metricExplorer }: Service,
  { config, values, draw }: PreviewForm,
  signal: AbortSignal,
): Promise<{ preview?: ConfigPreview; errors: FieldErrors }> {
  const { request, errors } = toExecutionRequest(values);
  if (errors.size > 0) return { errors };
  const asked = { config, request, metricsAccountName: accountOf(values) };
  try {
    const place = draw === undefined ? undefined : Number(draw);
    return { preview: await previewConfig(metricExplorer, { ...asked, draw: place }, signal), errors };
  } catch (error) {
    return { errors: asFieldErrors(error) };
  }
}

/** A refusal as an error of the form as a whole; anything else is thrown on. */
export function asFieldErrors(error: unknown): FieldErrors {
  if (error instanceof CanaryError && error.status < 500) return new Map([['', error.message]]);
  throw error;
}

export function accountOf({ account }: PreviewValues): string | undefined {
  return account === '' ? undefined : account;
}
