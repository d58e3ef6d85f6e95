import { basename } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { problemText } from '../../domain/config-problem.ts';
import { unknownKeys } from '../../domain/unknown-keys.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../command-error.ts';
import { configOfSlo } from '../keptn/config-of-slo.ts';
import { readAs, SliFile, SloFile } from '../keptn/slo-file.ts';
import { nameOf, readObject, STDIN } from '../start/read-input.ts';
import { printable } from '../terminal/text-table.ts';

/** `haldane import keptn`: prints the config for an SLO file of Keptn; stores nothing. */
export const importKeptn = defineCommand({
  options: z.object({
    sli: z
      .string()
      .min(1, 'must be the path of an sli.yaml')
      .optional()
      .meta({ value: 'sli.yaml', description: 'the queries of the indicators' }),
    name: z
      .string()
      .min(1, 'must be a name')
      .optional()
      .meta({ value: 'name', description: "the config's name (default: that of the file)" }),
    application: z
      .string()
      .min(1, 'must be a name')
      .optional()
      .meta({ value: 'name', description: 'the application that the config is listed under (default: its name)' }),
    store: z
      .string()
      .min(1, 'must be a provider')
      .default('prometheus')
      .meta({ value: 'provider', description: 'whose queries they are' }),
  }),
  examples: [
    'haldane import keptn slo.yaml --sli sli.yaml > carts.yml',
    'haldane import keptn slo.yaml --sli sli.yaml --name carts | haldane config apply -',
  ],
  exitCodes: { [EXIT.ok]: 'the config is printed; what is not as it was is told on standard error' },
  async run({ args: [file = STDIN], options }, { stdout, stderr }) {
    const written = await readObject(file);
    const slo = readAs(SloFile, written, nameOf(file));
    const { indicators } =
      options.sli === undefined
        ? { indicators: {} }
        : readAs(SliFile, await readObject(options.sli), nameOf(options.sli));
    const name = options.name ?? (file === STDIN ? 'keptn' : basename(file).replace(/\.ya?ml$/i, ''));
    const { application, store } = options;
    const { config, notes } = configOfSlo({ slo, file: nameOf(file), queries: indicators, name, application, store });
    stdout.write(`# Written by haldane import keptn.\n${stringify(config)}`);
    const unread = unknownKeys(SloFile, written).map(problemText);
    for (const note of [...unread, ...notes]) stderr.write(`note: ${printable(note)}\n`);
    return EXIT.ok;
  },
});
