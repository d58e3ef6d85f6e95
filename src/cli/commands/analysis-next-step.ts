import { z } from 'zod';
import { shortDurationMillis } from '../../domain/values/short-duration.ts';
import { toWireJson } from '../../domain/values/wire-json.ts';
import type { HttpClient } from '../client/http-client.ts';
import { readBody } from '../client/read-answer.ts';
import { defineCommand, type Terminal } from '../command.ts';
import { choice, Duration } from '../options.ts';
import { ServiceOptions } from '../service/service-options.ts';
import { withService } from '../service/with-service.ts';
import { followUntilDone } from '../verdict/follow-verdict.ts';
import { listenForInterruption } from '../verdict/interruption.ts';
import { exitCodeOfStep, STEP_EXIT_CODES, Step, stepText } from '../verdict/next-step.ts';
import { PolicyOptions, withPolicy } from '../verdict/verdict-policy.ts';

const Options = z.object({
  wait: z.boolean().default(false).describe('wait until the latest step was judged'),
  timeout: Duration.optional().meta({
    value: 'length',
    description: 'with --wait: wait no longer than this: 90s, 45m (default: until it was judged)',
  }),
  failIfUnavailable: PolicyOptions.shape.failIfUnavailable,
  url: ServiceOptions.shape.url,
  output: choice(['text', 'json']).default('text').describe('what is printed'),
});
type Options = z.output<typeof Options>;

/** `haldane analysis next-step`: whether a ramp may go on, as an exit code. */
export const analysisNextStep = defineCommand({
  options: Options,
  examples: [
    'haldane analysis next-step 01JD8Z6Q5V7S0A2B3C4D5E6F7H',
    'haldane analysis next-step 01JD8Z6Q5V7S0A2B3C4D5E6F7H --wait --timeout 45m',
  ],
  exitCodes: STEP_EXIT_CODES,
  async run({ args: [id = ''], options }, terminal) {
    const { failIfUnavailable, output } = options;
    const policy = { marginalIs: 'marginal', noDataIs: 'inconclusive', failIfUnavailable } as const;
    return withPolicy(policy, () =>
      withService({ url: options.url }, async (client) => {
        const step = await (options.wait ? waited(id, options, client, terminal) : asked(id, client));
        terminal.stdout.write(output === 'json' ? `${toWireJson(step, 2)}\n` : stepText(step));
        return exitCodeOfStep(step, failIfUnavailable);
      }),
    );
  },
});

async function asked(id: string, client: HttpClient): Promise<Step> {
  return readBody(await client.get(pathOf(id)), `the next step of '${id}' is not known`, Step);
}

/** Tells the reason whenever it changes. @throws CommandError without an answer */
async function waited(id: string, { timeout }: Options, client: HttpClient, { stderr }: Terminal): Promise<Step> {
  const interruption = listenForInterruption();
  let told = '';
  const tell = (text: string) => {
    if (text !== told) stderr.write(`${text}\n`);
    told = text;
  };
  const view = {
    everySeconds: 30,
    show: async ({ reason }: Step) => tell(reason),
    tell,
    end: () => interruption.clear(),
  };
  const timeoutMillis = timeout === undefined ? undefined : shortDurationMillis(timeout);
  const followed = {
    client,
    judged: { kind: 'analysis', id },
    timeoutMillis,
    view,
    signal: interruption.signal,
  } as const;
  const isDone = ({ go }: Step) => go !== 'wait';
  const again = `haldane analysis next-step ${id} --wait`;
  return followUntilDone(followed, { path: pathOf(id), Answer: Step, isDone, again });
}

function pathOf(id: string): string {
  return `/analyses/${encodeURIComponent(id)}/next-step`;
}
