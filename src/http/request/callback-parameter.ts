import { z } from 'zod';

/** The URL to notify when a run or analysis ends. */
export const CallbackUrl = z.object({
  callbackUrl: z
    .string()
    .optional()
    .describe(
      'http or https; gets a POST when the run or analysis has ended, in whatever state, at least once. The body is what ' +
        'GET returns, byte for byte but without its last field `callback`, the same in every attempt. Headers: ' +
        '`x-haldane-event` (`canary.completed` or `analysis.completed`), and those of the Standard Webhooks ' +
        'specification: `webhook-id` (the same in every attempt), `webhook-timestamp` (seconds since 1970) and, with a ' +
        'configured secret, `webhook-signature`: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`. 2xx is delivered, 410 stops the retries, anything else is retried for a day with growing ' +
        'pauses; redirects are not followed. Private addresses are rejected unless the configuration allows them. ' +
        'The field `callback` shows the progress',
    ),
});
