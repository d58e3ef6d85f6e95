import { z } from 'zod';

/** The URL to notify when a run or analysis ends. */
export const CallbackUrl = z.object({
  callbackUrl: z
    .string()
    .optional()
    .describe(
      'http or https; gets a POST when the run or analysis has ended, in whatever state, at least once. The body is what ' +
        'GET returns, byte for byte but without its last field `callback`, the same in every attempt. Headers: ' +
        '`x-haldane-event` (`canary.completed` or `analysis.completed`), `x-haldane-delivery` (the same in every ' +
        'attempt), and, with a configured secret, `x-haldane-signature-256`: `sha256=` and the hexadecimal HMAC-SHA256 ' +
        'of the body. 2xx is delivered, 410 stops the retries, anything else is retried for a day with growing ' +
        'pauses; redirects are not followed. Private addresses are rejected unless the configuration allows them. ' +
        'The field `callback` shows the progress',
    ),
});
