import { z } from 'zod';

/** Of one run; older ones are forgotten. */
export const MOST_DELIVERIES = 50;

/** What a process beside Haldane tells of handing a verdict on. */
export const DeliveryReport = z
  .object({
    receiver: z.string().min(1).max(200).describe('who was told: a host or the name of a tool. Paths may hold secrets'),
    status: z.number().int().min(100).max(599).optional().describe('the HTTP status that it answered'),
    error: z.string().min(1).max(500).optional().describe('why it could not be told'),
  })
  .refine(({ status, error }) => (status === undefined) !== (error === undefined), {
    error: 'needs either status or error: what became of it',
  })
  .meta({ id: 'DeliveryReport' });
export type DeliveryReport = z.infer<typeof DeliveryReport>;

/** The same, as stored and returned. */
export const VerdictDelivery = z
  .object({
    at: z.string().describe('when it was reported'),
    receiver: z.string(),
    status: z.number().int().optional(),
    error: z.string().optional(),
  })
  .meta({ id: 'VerdictDelivery' });
export type VerdictDelivery = z.infer<typeof VerdictDelivery>;
