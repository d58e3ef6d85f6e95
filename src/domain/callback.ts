import { z } from 'zod';

/** `pending` until it is delivered, or given up. */
export const CallbackStatus = z.enum(['pending', 'delivered', 'failed']);
export type CallbackStatus = z.infer<typeof CallbackStatus>;

/** One try to deliver: what was answered, or why nothing was. */
export const CallbackAttempt = z
  .object({
    at: z.string().describe('when the attempt started'),
    status: z.number().int().optional().describe('the response status; 2xx is delivered, 410 stops the retries'),
    error: z.string().optional().describe('why there was no response'),
    millis: z.number().int().describe('duration in milliseconds'),
  })
  .meta({ id: 'CallbackAttempt' });
export type CallbackAttempt = z.infer<typeof CallbackAttempt>;

/** How it stands with telling the `callbackUrl` of the end, as it is answered. */
export const Callback = z
  .object({
    deliveryId: z.string().describe('the header `x-haldane-delivery`, the same in every attempt'),
    url: z.string().describe('without user, password and query'),
    status: CallbackStatus,
    attemptCount: z.number().int(),
    attempts: z.array(CallbackAttempt).describe('the last twenty attempts'),
  })
  .meta({ id: 'Callback' });
export type Callback = z.infer<typeof Callback>;

/** Kinds of what ends with a callback: a run, or a standalone analysis. */
export type CallbackTarget = 'canary' | 'analysis';

/** A callback as the store keeps it: from the start of its run or analysis, and as long as that. */
export interface CallbackDelivery {
  readonly id: string;
  readonly url: string;
  readonly status: CallbackStatus;
  readonly attemptCount: number;
  /** the last tries, oldest first */
  readonly attempts: readonly CallbackAttempt[];
  /** not before; milliseconds since 1970 */
  readonly nextAt?: number | undefined;
}

/** A delivery with what it is about. */
export interface TargetedDelivery extends CallbackDelivery {
  readonly target: CallbackTarget;
  readonly targetId: string;
}
