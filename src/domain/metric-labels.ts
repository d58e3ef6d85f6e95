import { z } from 'zod';

/** The labels of a metric's series. */
export const MetricLabels = z
  .object({
    metric: z.string(),
    labels: z.array(
      z.object({
        name: z.string(),
        values: z.array(z.string()).describe('in alphabetical order; the first 500'),
        total: z.int().describe('how many values there are'),
      }),
    ),
  })
  .meta({ id: 'MetricLabels' });
export type MetricLabels = z.infer<typeof MetricLabels>;
