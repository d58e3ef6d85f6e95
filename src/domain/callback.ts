import { z } from 'zod';

/** `pending` until it is delivered or has failed for good. */
export const CallbackStatus = z.enum(['pending', 'delivered', 'failed']);
export type CallbackStatus = z.infer<typeof CallbackStatus>;

/** One delivery attempt: the response status, or why there was none. */
export const CallbackAttempt = z
  .object({
    at: z.string().describe('when the attempt started'),
    status: z.number().int().optional().describe('the response status; 2xx is delivered, 410 stops the retries'),
    error: z.string().optional().describe('why there was no response'),
    millis: z.number().int().describe('duration in milliseconds'),
  })
  .meta({ id: 'CallbackAttempt' });
export type CallbackAttempt = z.infer<typeof CallbackAttempt>;

/** The progress of notifying the `callbackUrl`, as the API returns it. */
export const Callback = z
  .object({
    deliveryId: z.string().describe('the header `webhook-id`, the same in every attempt'),
    url: z.string().describe('its host only: the rest may be a secret'),
    status: CallbackStatus,
    attemptCount: z.number().int(),
    attempts: z.array(CallbackAttempt).describe('the last twenty attempts'),
  })
  .meta({ id: 'Callback' });
export type Callback = z.infer<typeof Callback>;

/** What a callback reports on: a run or a standalone analysis. */
export type CallbackTarget = 'canary' | 'analysis';

/** A callback as stored, from the start of its run or analysis until that is deleted. */
export interface CallbackDelivery {
  readonly id: string;
  readonly url: string;
  readonly status: CallbackStatus;
  readonly attemptCount: number;
  /** the latest attempts, oldest first */
  readonly attempts: readonly CallbackAttempt[];
  /** earliest time of the next attempt; milliseconds since 1970 */
  readonly nextAt?: number | undefined;
}

/** A delivery with its run or analysis. */
export interface TargetedDelivery extends CallbackDelivery {
  readonly target: CallbackTarget;
  readonly targetId: string;
}
