import { z } from 'zod';
import { bodyOf } from '../client/read-answer.ts';
import { defineCommand } from '../command.ts';
import { EXIT, UNREACHABLE } from '../command-error.ts';
import { ServiceOptions } from '../service/service-options.ts';
import { withService } from '../service/with-service.ts';

/** `haldane token revoke`: whoever uses it is refused from now on. */
export const tokenRevoke = defineCommand({
  options: z.object({ url: ServiceOptions.shape.url }),
  examples: ['haldane token revoke ci'],
  exitCodes: { [EXIT.ok]: 'it was revoked', [EXIT.unreachable]: UNREACHABLE },
  async run({ args: [name = ''], options: { url } }, { stdout }) {
    return withService({ url }, async (client) => {
      bodyOf(await client.send('DELETE', `/tokens/${encodeURIComponent(name)}`), `'${name}' is not revoked`);
      stdout.write(`${name} is revoked\n`);
      return EXIT.ok;
    });
  },
});
