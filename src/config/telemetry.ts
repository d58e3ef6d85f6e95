import { z } from 'zod';

const Metrics = z.strictObject({
  open: z.boolean().default(false).describe('whether /metrics needs no authentication; it has names, no secrets'),
  applications: z
    .number()
    .int()
    .min(0)
    .max(10_000)
    .default(100)
    .describe('told apart in metrics, the first that are seen; all others are one, other'),
});

/** What the service tells of itself. */
export const Telemetry = z.strictObject({
  metrics: Metrics.prefault({}).describe('of /metrics; see docs/operations/metrics.md'),
});
