import { z } from 'zod';
import packageJson from '../../../package.json' with { type: 'json' };
import { defineCommand } from '../command.ts';
import { EXIT } from '../command-error.ts';

/** `haldane version`: the same as `haldane --version`. */
export const version = defineCommand({
  options: z.object({}),
  examples: ['haldane version'],
  exitCodes: { [EXIT.ok]: 'the version was printed' },
  async run(_, { stdout }) {
    stdout.write(`${packageJson.version}\n`);
    return EXIT.ok;
  },
});
