import { z } from 'zod';
import { toWireJson } from '../../domain/values/wire-json.ts';
import { defineCommand } from '../command.ts';
import { EXIT, UNREACHABLE } from '../command-error.ts';
import { choice } from '../options.ts';
import { ServiceOptions } from '../service/service-options.ts';
import { withService } from '../service/with-service.ts';
import { storedConfig } from '../start/find-config.ts';

/** `haldane config get`: a stored config, as `config apply` takes it. */
export const configGet = defineCommand({
  options: z.object({
    url: ServiceOptions.shape.url,
    output: choice(['yaml', 'json']).default('yaml').describe('what is printed'),
  }),
  examples: ['haldane config get checkout > checkout.yml', 'haldane config get checkout --output json'],
  exitCodes: { [EXIT.ok]: 'it was printed', [EXIT.unreachable]: UNREACHABLE },
  async run({ args: [name = ''], options: { url, output } }, { stdout }) {
    return withService({ url }, async (client) => {
      const { config } = await storedConfig(name, client);
      const { stringify } = await import('yaml');
      stdout.write(output === 'json' ? `${toWireJson(config, 2)}\n` : stringify(config));
      return EXIT.ok;
    });
  },
});
