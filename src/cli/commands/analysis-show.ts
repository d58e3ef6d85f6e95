import { z } from 'zod';
import { toWireJson } from '../../domain/values/wire-json.ts';
import { bodyOf } from '../client/read-answer.ts';
import { defineCommand } from '../command.ts';
import { EXIT, UNREACHABLE } from '../command-error.ts';
import { choice } from '../options.ts';
import { ServiceOptions } from '../service/service-options.ts';
import { withService } from '../service/with-service.ts';
import { pathOf } from '../verdict/verdict.ts';
import { reportText } from '../verdict/verdict-output.ts';

/** `haldane analysis show`: an analysis and its judgements, as its report says it. */
export const analysisShow = defineCommand({
  options: z.object({
    url: ServiceOptions.shape.url,
    output: choice(['md', 'json', 'junit']).default('md').describe('what is printed'),
  }),
  examples: [
    'haldane analysis show 01JD8Z6Q5V7S0A2B3C4D5E6F7H',
    'haldane analysis show 01JD8Z6Q5V7S0A2B3C4D5E6F7H --output json',
  ],
  exitCodes: { [EXIT.ok]: 'it was shown, whatever its verdict', [EXIT.unreachable]: UNREACHABLE },
  async run({ args: [id = ''], options: { url, output } }, { stdout }) {
    return withService({ url }, async (client) => {
      const judged = { kind: 'analysis', id } as const;
      if (output === 'json') {
        const body = bodyOf(await client.get(pathOf(judged)), `analysis '${id}' cannot be read`);
        stdout.write(`${toWireJson(body, 2)}\n`);
      } else stdout.write(await reportText({ judged, client }, output === 'md' ? 'md' : 'junit.xml'));
      return EXIT.ok;
    });
  },
});
