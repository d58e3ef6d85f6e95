import { z } from 'zod';
import { bodyOf } from '../client/read-answer.ts';
import { defineCommand } from '../command.ts';
import { EXIT, UNREACHABLE } from '../command-error.ts';
import { ServiceOptions } from '../service/service-options.ts';
import { withService } from '../service/with-service.ts';
import { storedConfig } from '../start/find-config.ts';

/** `haldane config delete`: deletes a stored config; its runs keep their own copy. */
export const configDelete = defineCommand({
  options: z.object({ url: ServiceOptions.shape.url }),
  examples: ['haldane config delete checkout'],
  exitCodes: { [EXIT.ok]: 'it was deleted', [EXIT.unreachable]: UNREACHABLE },
  async run({ args: [name = ''], options: { url } }, { stdout }) {
    return withService({ url }, async (client) => {
      const { id } = await storedConfig(name, client);
      const answer = await client.send('DELETE', `/canaryConfig/${encodeURIComponent(id)}`);
      bodyOf(answer, `'${name}' is not deleted`);
      stdout.write(`${id} deleted; its runs stay\n`);
      return EXIT.ok;
    });
  },
});
