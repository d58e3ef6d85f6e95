import { z } from 'zod';
import { toWireJson } from '../../domain/values/wire-json.ts';
import { defineCommand } from '../command.ts';
import { EXIT, UNREACHABLE } from '../command-error.ts';
import { choice, words } from '../options.ts';
import { ServiceOptions } from '../service/service-options.ts';
import { withService } from '../service/with-service.ts';
import { configList as storedConfigs } from '../start/find-config.ts';
import { textTable } from '../terminal/text-table.ts';

/** `haldane config list`: the stored configs, one a line. */
export const configList = defineCommand({
  options: z.object({
    url: ServiceOptions.shape.url,
    application: words('a name').optional().meta({ value: 'name', description: 'only of this one (default: all)' }),
    output: choice(['text', 'json']).default('text').describe('what is printed'),
  }),
  examples: ['haldane config list', 'haldane config list --application shop --output json'],
  exitCodes: { [EXIT.ok]: 'they were listed', [EXIT.unreachable]: UNREACHABLE },
  async run({ options: { url, application, output } }, { stdout }) {
    return withService({ url }, async (client) => {
      const configs = await storedConfigs(client, application);
      if (output === 'json') stdout.write(`${toWireJson(configs, 2)}\n`);
      else if (configs.length === 0) stdout.write('There are none; store one with `haldane config apply <file>`.\n');
      else {
        const rows = configs.map(({ id, name, applications, updatedTimestampIso }) => {
          return [id, name, applications.join(', '), updatedTimestampIso];
        });
        stdout.write(textTable(['ID', 'NAME', 'APPLICATIONS', 'CHANGED'], rows));
      }
      return EXIT.ok;
    });
  },
});
