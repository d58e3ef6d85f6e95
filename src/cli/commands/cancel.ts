import { z } from 'zod';
import { bodyOf } from '../client/read-answer.ts';
import { defineCommand } from '../command.ts';
import { EXIT, UNREACHABLE } from '../command-error.ts';
import { ServiceOptions } from '../service/service-options.ts';
import { withService } from '../service/with-service.ts';
import { type Judged, pathOf } from '../verdict/verdict.ts';

/** `haldane run cancel`: ends a run; one that has ended does not change. */
export const runCancel = cancelOf('run', '01JD8Z6Q5V7S0A2B3C4D5E6F7G');

/** `haldane analysis cancel`: ends an analysis and its current run. */
export const analysisCancel = cancelOf('analysis', '01JD8Z6Q5V7S0A2B3C4D5E6F7H');

function cancelOf(kind: Judged['kind'], exampleId: string) {
  return defineCommand({
    options: z.object({ url: ServiceOptions.shape.url }),
    examples: [`haldane ${kind} cancel ${exampleId}`],
    exitCodes: { [EXIT.ok]: 'it has ended', [EXIT.unreachable]: UNREACHABLE },
    async run({ args: [id = ''], options }, { stdout }) {
      return withService({ url: options.url }, async (client) => {
        const answer = await client.send('PUT', `${pathOf({ kind, id })}/cancel`);
        bodyOf(answer, `${kind} '${id}' is not canceled`);
        stdout.write(`${kind} ${id} is canceled, unless it had ended\n`);
        return EXIT.ok;
      });
    },
  });
}
