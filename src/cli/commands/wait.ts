import { defineCommand } from '../command.ts';
import { ServiceOptions } from '../service/service-options.ts';
import { withService } from '../service/with-service.ts';
import { conclude, VerdictOptions } from '../verdict/conclude.ts';
import type { Judged } from '../verdict/verdict.ts';
import { checkWritable } from '../verdict/verdict-output.ts';
import { VERDICT_EXIT_CODES, withPolicy } from '../verdict/verdict-policy.ts';

/** `haldane run wait`: waits for the verdict of a run and exits by it. */
export const runWait = waitFor('run', '01JD8Z6Q5V7S0A2B3C4D5E6F7G');

/** `haldane analysis wait`: waits for the verdict of an analysis and exits by it. */
export const analysisWait = waitFor('analysis', '01JD8Z6Q5V7S0A2B3C4D5E6F7H');

function waitFor(kind: Judged['kind'], exampleId: string) {
  return defineCommand({
    options: VerdictOptions.extend({ url: ServiceOptions.shape.url }),
    examples: [
      `haldane ${kind} wait ${exampleId}`,
      `haldane ${kind} wait ${exampleId} --timeout 45m --output junit > canary.xml`,
    ],
    exitCodes: VERDICT_EXIT_CODES,
    async run({ args: [id = ''], options }, terminal) {
      checkWritable(options);
      const afterwards = `the ${kind} goes on: haldane ${kind} wait ${id}`;
      return withPolicy(options, () =>
        withService({ url: options.url }, (client) =>
          conclude({ client, judged: { kind, id }, options, afterwards, hasAddress: true }, terminal),
        ),
      );
    },
  });
}
