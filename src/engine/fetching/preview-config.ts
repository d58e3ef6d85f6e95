import type { ConfigPreview, DrawnMetric } from '../../domain/query-preview.ts';
import { CanaryError } from '../../errors.ts';
import type { MetricExplorer, SingleQuery } from './metric-explorer.ts';

interface PreviewRequest extends SingleQuery {
  /** index of the metric to fetch series for, from 0; absent: none */
  readonly draw?: number | undefined;
}

/** The queries of a config, and the series of one metric. @throws CanaryError when the account or index is wrong */
export async function previewConfig(
  explorer: MetricExplorer,
  { draw, ...asked }: PreviewRequest,
  signal: AbortSignal,
): Promise<ConfigPreview> {
  const queries = explorer.preview(asked);
  const drawn = draw === undefined ? undefined : await drawMetric(explorer, { ...asked, index: draw }, signal);
  return { config: asked.config, queries, drawn };
}

/** The series of one metric. When the store rejects the query or is unreachable, the page shows that instead. */
export async function drawMetric(
  explorer: MetricExplorer,
  { index, ...asked }: SingleQuery & { readonly index: number },
  signal: AbortSignal,
): Promise<DrawnMetric> {
  try {
    return { index, pairs: await explorer.pairsOf(asked, index, signal) };
  } catch (error) {
    if (error instanceof CanaryError && error.code !== 'INTERNAL') return { index, pairs: [], problem: error.message };
    throw error;
  }
}
