import { z } from 'zod';
import { shortDurationMillis } from '../../domain/values/short-duration.ts';
import { toWireJson } from '../../domain/values/wire-json.ts';
import { readBody } from '../client/read-answer.ts';
import { defineCommand } from '../command.ts';
import { CommandError, EXIT, UNREACHABLE } from '../command-error.ts';
import { choice, Duration, words } from '../options.ts';
import { ServiceOptions } from '../service/service-options.ts';
import { withService } from '../service/with-service.ts';
import { Step, stepText } from '../verdict/next-step.ts';

const MINUTE_MILLIS = 60_000;
const SHARE = 'must be a share of the traffic in percent, above 0 and up to 100, such as 25';

const Options = z.object({
  share: z.coerce.number({ error: SHARE }).gt(0, SHARE).max(100, SHARE).meta({
    value: 'percent',
    description: 'the share of the traffic that the canary has from now on',
  }),
  for: Duration.optional().meta({
    value: 'length',
    description: "how long it is watched before it is judged: 15m (default: the ramp's --interval)",
  }),
  override: z.boolean().default(false).describe('announce it although the step before was not judged, or did not pass'),
  key: words('a key').max(255, 'must have at most 255 characters').optional().meta({
    value: 'key',
    description: 'the same key announces once; another one watches the same share longer',
  }),
  url: ServiceOptions.shape.url,
  output: choice(['text', 'json']).default('text').describe('what is printed'),
});

/** `haldane analysis step`: announces the next traffic share of a ramp. */
export const analysisStep = defineCommand({
  options: Options,
  examples: [
    'haldane analysis step 01JD8Z6Q5V7S0A2B3C4D5E6F7H --share 25',
    'haldane analysis step 01JD8Z6Q5V7S0A2B3C4D5E6F7H --share 5 --for 30m --key longer',
  ],
  exitCodes: { [EXIT.ok]: 'it is announced, now or before', [EXIT.unreachable]: UNREACHABLE },
  async run({ args: [id = ''], options: { url, key, share, override, output, ...options } }, { stdout }) {
    const body = { share, override, ...(options.for === undefined ? {} : { minutes: minutesOf(options.for) }) };
    const headers = key === undefined ? {} : { 'idempotency-key': key };
    return withService({ url }, async (client) => {
      const answer = await client.send('POST', `/analyses/${encodeURIComponent(id)}/steps`, { body, headers });
      const step = readBody(answer, `${share} % is not announced to '${id}'`, Step);
      stdout.write(output === 'json' ? `${toWireJson(step, 2)}\n` : stepText(step));
      return EXIT.ok;
    });
  },
});

/** @throws CommandError usage when it is no whole number of minutes */
function minutesOf(length: string): number {
  const minutes = (shortDurationMillis(length) ?? 0) / MINUTE_MILLIS;
  if (Number.isInteger(minutes)) return minutes;
  throw new CommandError(EXIT.usage, `--for: '${length}' is no whole number of minutes, in which steps count`);
}
