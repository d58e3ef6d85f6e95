import type { ConfigPreview, DrawnMetric } from '../../domain/query-preview.ts';
import { CanaryError } from '../../errors.ts';
import type { MetricExplorer, SingleQuery } from './metric-explorer.ts';

interface PreviewRequest extends SingleQuery {
  /** the place of the metric whose series are wanted, from 0; absent: none are */
  readonly draw?: number | undefined;
}

/** The queries of a config, and the series of one metric. @throws CanaryError when the account or the place is wrong */
export async function previewConfig(
  explorer: MetricExplorer,
  { draw, ...asked }: PreviewRequest,
  signal: AbortSignal,
): Promise<ConfigPreview> {
  const queries = explorer.preview(asked);
  const drawn = draw === undefined ? undefined : await drawMetric(explorer, { ...asked, index: draw }, signal);
  return { config: asked.config, queries, drawn };
}

/** When the store refuses or cannot be reached, the page says so in place of the series. */
async function drawMetric(
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
