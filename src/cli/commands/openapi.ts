import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { PACKAGE_ROOT } from '../../package-root.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../command-error.ts';

const DOCUMENT = new URL('openapi/openapi.json', PACKAGE_ROOT);

/** `haldane openapi`: the contract of this version, as the service serves it. */
export const openapi = defineCommand({
  options: z.object({}),
  examples: ['haldane openapi > haldane-openapi.json'],
  exitCodes: { [EXIT.ok]: 'the document was printed' },
  async run(_, { stdout }) {
    stdout.write(readFileSync(DOCUMENT, 'utf8'));
    return EXIT.ok;
  },
});
