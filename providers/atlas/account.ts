import { z } from 'zod';
import { HttpAccountFields, OptionalEndpoint } from '../shared/http/account.ts';

const Url = z
  .url({ protocol: /^https?$/, error: 'write a URL that starts with http:// or https://' })
  // It appears in links for everyone.
  .refine((url) => !/[?#@]/.test(url), { error: 'must not contain ?, # or user:password@' });

export const AtlasAccount = z
  .strictObject({
    ...HttpAccountFields,
    type: z.literal('atlas'),
    endpoint: OptionalEndpoint.endpoint.describe('of the one Atlas there is, when there is no backendsJsonBaseUrl'),
    backendsJsonBaseUrl: Url.optional().describe(
      'of the service that knows all Atlas clusters; the location of the scope chooses one; takes precedence ' +
        'over endpoint',
    ),
    fetchId: z.string().optional().describe('what we are called in the logs of Atlas'),
    // A long query may start with heartbeats for a while.
    timeoutMillis: HttpAccountFields.timeoutMillis.default(90_000),
  })
  .refine(({ endpoint, backendsJsonBaseUrl }) => endpoint !== undefined || backendsJsonBaseUrl !== undefined, {
    path: ['endpoint'],
    error: 'is required, or backendsJsonBaseUrl',
  })
  .meta({ id: 'AtlasAccount' });
export type AtlasAccount = z.infer<typeof AtlasAccount>;
