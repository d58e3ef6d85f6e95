import { z } from 'zod';

/** Who is to be told of the end of a run or analysis. */
export const CallbackUrl = z.object({
  callbackUrl: z
    .string()
    .optional()
    .describe(
      'http or https; told by POST once it has ended, in whatever state, at least once. The body is what the GET ' +
        'answers, byte for byte but without its last field `callback`, the same in every try. Headers: ' +
        '`x-haldane-event` (`canary.completed` or `analysis.completed`), `x-haldane-delivery` (the same in every try), ' +
        'and if a secret is configured `x-haldane-signature-256`: `sha256=` and the hexadecimal HMAC-SHA256 of the ' +
        'body. 2xx is delivered, 410 ends the tries, anything else is tried again for a day, ever less often; ' +
        'redirects are not followed. Private addresses are refused unless the configuration allows them. ' +
        'How it stands is in `callback`',
    )
    .meta({ examples: ['https://ci.example.org/hooks/canary'] }),
});
