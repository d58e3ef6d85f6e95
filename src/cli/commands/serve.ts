import { z } from 'zod';
import { messageOf } from '../../errors.ts';
import { serve as startService } from '../../serve.ts';
import { defineCommand } from '../command.ts';
import { CommandError, EXIT } from '../command-error.ts';

/** `haldane serve`: what `npm start` does. Its log goes to the standard output of the process. */
export const serve = defineCommand({
  options: z.object({}),
  examples: ['haldane serve', 'HALDANE_CONFIG=/etc/haldane.yml HALDANE_PORT=8090 haldane serve'],
  exitCodes: { [EXIT.ok]: 'it was stopped by SIGINT or SIGTERM', [EXIT.findings]: 'it could not start' },
  async run() {
    const { stopped } = await startService(process.env).catch((error: unknown) => {
      throw new CommandError(EXIT.findings, messageOf(error), error);
    });
    await stopped;
    return EXIT.ok;
  },
});
